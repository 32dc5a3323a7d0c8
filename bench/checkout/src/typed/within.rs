//! Numbers whose types say their ranges, as the input of the hand-written limit is taken to be in range.

use assize_runtime::typed::Within;

pub type Tier = Within<0, 0, 5>;
pub type Quantity = Within<3, 0, 100_000_000>;
pub type Price2 = Within<2, 0, 10_000_000>;
pub type Price4 = Within<4, 0, 1_000_000_000>;
pub type Amount = Within<2, 0, 10_000_000_000_000>;

#[path = "order.rs"]
#[allow(clippy::duplicate_mod, reason = "the same types with other numbers")]
pub mod order;
