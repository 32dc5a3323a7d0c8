//! See `assize_fuzz::rules`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assize_fuzz::rules(bytes));
