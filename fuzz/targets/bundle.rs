//! See `assize_fuzz::bundle`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assize_fuzz::bundle(bytes));
