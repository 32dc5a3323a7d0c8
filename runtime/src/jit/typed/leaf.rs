//! Terms that are one value: numbers, days, texts, choices.
//!
//! What a word of memory holds as it is stays where the caller has it and is read there; the rest is handed over in
//! words.

use rust_decimal::Decimal;

use super::form::{Bytes, Form, Span};
use super::number::{Day, Fixed, Within};
use super::term::{
    BoolKind, Choice, ChoiceKind, DayKind, DecimalKind, FixedKind, Give, IntKind, Kind, More, Take,
    Term, TextKind, first, put, read,
};
use crate::jit::words::{decimal_words, text, text_words, words_decimal};

/// What a kind is whose values are read in their place.
macro_rules! in_place {
    ($bytes:expr) => {
        const BESIDE: usize = 0;
        fn placed(offset: usize) -> Form {
            Form::Placed(offset, $bytes, Box::new(Self::form()))
        }
    };
}

macro_rules! give_nothing {
    ($ty:ty) => {
        #[inline(always)]
        fn give_beside(_value: &$ty, _to: &mut [u64], _more: &mut More) {}
    };
}

macro_rules! leaf {
    ($kind:ident, $ty:ty, $form:expr, $words:literal, $give:expr, $take:expr) => {
        leaf!($kind, $ty, $form, $words, $give, $take, {}, {});
    };
    ($kind:ident, $ty:ty, $form:expr, $give:expr, $take:expr, in $bytes:expr) => {
        leaf!($kind, $ty, $form, 1, $give, $take, { in_place!($bytes); }, {
            give_nothing!($ty);
        });
    };
    ($kind:ident, $ty:ty, $form:expr, $words:literal, $give:expr, $take:expr, { $($placed:tt)* }, { $($beside:tt)* }) => {
        impl Term for $ty {
            type Kind = $kind<$ty>;
        }
        impl Kind<$ty> for $kind<$ty> {
            const WORDS: usize = $words;
            fn form() -> Form {
                $form
            }
            $($placed)*
        }
        impl Give<$ty> for $kind<$ty> {
            #[inline(always)]
            fn give(value: &$ty, to: &mut [u64], _more: &mut More) {
                let words: fn(&$ty) -> [u64; $words] = $give;
                put(to, words(value));
            }
            $($beside)*
        }
        impl Take<$ty> for $kind<$ty> {
            // SAFETY: what the trait demands is all that is read.
            #[expect(unsafe_code, reason = "reads what machine code wrote")]
            #[inline(always)]
            unsafe fn take(from: &[u64]) -> Option<$ty> {
                let value: fn(&[u64; $words]) -> Option<$ty> = $take;
                let from: &[u64; $words] = from.first_chunk()?;
                value(&from.each_ref().map(read))
            }
        }
    };
}

leaf!(
    BoolKind,
    bool,
    Form::Bool,
    |it| [u64::from(*it)],
    |[it]| Some(*it != 0),
    in Bytes::Unsigned(1)
);
macro_rules! whole {
    ($($ty:ident $bytes:expr;)*) => {$(
        leaf!(
            IntKind,
            $ty,
            // Of `i64` this is every word, and machine code refuses the lowest.
            Form::Int($bytes.span()),
            |it| [i64::from(*it).cast_unsigned()],
            |[it]| $ty::try_from(it.cast_signed()).ok(),
            in $bytes
        );
    )*};
}

whole! {
    i64 Bytes::Signed(8);
    i32 Bytes::Signed(4);
    i16 Bytes::Signed(2);
    i8 Bytes::Signed(1);
    u32 Bytes::Unsigned(4);
    u16 Bytes::Unsigned(2);
    u8 Bytes::Unsigned(1);
}
leaf!(
    DecimalKind,
    Decimal,
    Form::Decimal,
    2,
    |it| decimal_words(*it),
    |it| Some(words_decimal(*it))
);
leaf!(
    DayKind,
    Day,
    Form::Day,
    |it| [i64::from(it.0).cast_unsigned()],
    |[it]| i32::try_from(it.cast_signed()).ok().map(Day),
    // A day is its number alone.
    in Bytes::Signed(4)
);

impl<const PLACES: u8> Term for Fixed<PLACES> {
    type Kind = FixedKind<Self>;
}
impl<const PLACES: u8> Kind<Fixed<PLACES>> for FixedKind<Fixed<PLACES>> {
    const WORDS: usize = 1;
    fn form() -> Form {
        Form::Fixed(PLACES, Span::ALL)
    }
    // It is its coefficient alone.
    in_place!(Bytes::Signed(8));
}
impl<const PLACES: u8> Give<Fixed<PLACES>> for FixedKind<Fixed<PLACES>> {
    #[inline(always)]
    fn give(value: &Fixed<PLACES>, to: &mut [u64], _more: &mut More) {
        put(to, [value.0.cast_unsigned()]);
    }
    give_nothing!(Fixed<PLACES>);
}
impl<const PLACES: u8> Take<Fixed<PLACES>> for FixedKind<Fixed<PLACES>> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<Fixed<PLACES>> {
        Some(Fixed(first(from)?.0.cast_signed()))
    }
}

impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> Term
    for Within<PLACES, LOWEST, HIGHEST>
{
    type Kind = FixedKind<Self>;
}
impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> Kind<Within<PLACES, LOWEST, HIGHEST>>
    for FixedKind<Within<PLACES, LOWEST, HIGHEST>>
{
    const WORDS: usize = 1;
    fn form() -> Form {
        let (low, high) = (LOWEST, HIGHEST);
        Form::Fixed(PLACES, Span { low, high })
    }
    // It is its coefficient alone.
    in_place!(Bytes::Signed(8));
}
impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> Give<Within<PLACES, LOWEST, HIGHEST>>
    for FixedKind<Within<PLACES, LOWEST, HIGHEST>>
{
    #[inline(always)]
    fn give(value: &Within<PLACES, LOWEST, HIGHEST>, to: &mut [u64], _more: &mut More) {
        put(to, [value.coefficient().cast_unsigned()]);
    }
    give_nothing!(Within<PLACES, LOWEST, HIGHEST>);
}
impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> Take<Within<PLACES, LOWEST, HIGHEST>>
    for FixedKind<Within<PLACES, LOWEST, HIGHEST>>
{
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<Within<PLACES, LOWEST, HIGHEST>> {
        Within::new(first(from)?.0.cast_signed())
    }
}

impl Term for String {
    type Kind = TextKind<String>;
}
impl Kind<String> for TextKind<String> {
    const WORDS: usize = 2;
    fn form() -> Form {
        Form::Text
    }
}
impl Give<String> for TextKind<String> {
    #[inline(always)]
    fn give(value: &String, to: &mut [u64], _more: &mut More) {
        put(to, text_words(value));
    }
}
impl Take<String> for TextKind<String> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(from: &[u64]) -> Option<String> {
        let [address, bytes] = from.first_chunk()?;
        // SAFETY: the words are those of a text.
        unsafe { text(*address, *bytes) }.map(str::to_owned)
    }
}
impl<'t> Term for &'t str {
    type Kind = TextKind<&'t str>;
}
impl<'t> Kind<&'t str> for TextKind<&'t str> {
    const WORDS: usize = 2;
    fn form() -> Form {
        Form::Text
    }
}
impl<'t> Give<&'t str> for TextKind<&'t str> {
    #[inline(always)]
    fn give(value: &&'t str, to: &mut [u64], _more: &mut More) {
        put(to, text_words(value));
    }
}

impl<T: Choice> Kind<T> for ChoiceKind<T> {
    const WORDS: usize = 1;
    fn form() -> Form {
        Form::Choice(T::NAMES)
    }
    const BESIDE: usize = if T::IS_BYTE { 0 } else { 1 };
    fn placed(offset: usize) -> Form {
        if T::IS_BYTE {
            Form::Placed(offset, Bytes::Unsigned(1), Box::new(Self::form()))
        } else {
            Self::form()
        }
    }
}
impl<T: Choice> Give<T> for ChoiceKind<T> {
    #[inline(always)]
    fn give(value: &T, to: &mut [u64], _more: &mut More) {
        put(to, [value.position() as u64]);
    }
    #[inline(always)]
    fn give_beside(value: &T, to: &mut [u64], more: &mut More) {
        if !T::IS_BYTE {
            Self::give(value, to, more);
        }
    }
}
impl<T: Choice> Take<T> for ChoiceKind<T> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<T> {
        T::at(usize::try_from(first(from)?.0).ok()?)
    }
}
