//! Numbers of which the rules test the ranges when they decide.

use assize_runtime::typed::Fixed;

pub type Tier = Fixed<0>;
pub type Quantity = Fixed<3>;
pub type Price2 = Fixed<2>;
pub type Price4 = Fixed<4>;
pub type Amount = Fixed<2>;

#[path = "order.rs"]
pub mod order;
