//! See `assize_fuzz::input`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assize_fuzz::input(bytes));
