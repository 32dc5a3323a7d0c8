//! See `assize_fuzz::snapshot`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assize_fuzz::snapshot(bytes));
