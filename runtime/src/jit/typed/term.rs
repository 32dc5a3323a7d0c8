//! Rust types that stand for types of the rules.
//!
//! A type says which of a few kinds it is of ([`Term::Kind`]); the kinds, and so every word that machine
//! code is given, are this file's alone. Whatever a type outside claims of itself, its image is written and
//! read as its kind wants it.

use std::marker::PhantomData;

use super::form::{Form, Variant};
use super::number::Set;

/// A Rust type that stands for a type of the rules. Derived for records, enums and reasons.
pub trait Term: Sized {
    /// What kind it is of.
    type Kind: Kind<Self>;
}

/// A record: named fields. Derived by `#[derive(Record)]`.
///
/// # Safety
/// The offsets are those of the fields, and `Static` is this type.
#[expect(unsafe_code, reason = "fields are read where they lie")]
pub unsafe trait Record: Sized {
    /// The fields' names in the rules.
    const NAMES: &'static [&'static str];
    /// How many bytes each field lies behind the beginning.
    const OFFSETS: &'static [usize];
    /// This type, with `'static` for every lifetime: what a decision is bound to, and then takes of any lifetime.
    type Static;
    /// The types of the fields, as pairs of one and the rest.
    type Fields: Fields;
}

/// A record that can be given to a decision. Derived with [`Record`], unless it is `output_only`.
pub trait GiveFields: Record {
    /// Gives the fields, in the order of their names.
    fn give<'g>(&self, to: Giver<'g, Self::Fields>) -> Giver<'g, ()>;
}

/// A record that can be an answer. Derived with [`Record`] for types that borrow nothing, unless they are
/// `input_only`.
pub trait FromFields: Record<Fields: TakeFields> {
    /// The record of its fields.
    fn from_fields(fields: Self::Fields) -> Self;
}

/// An enum without fields. Derived by `#[derive(Choice)]`.
///
/// # Safety
/// An enum that says so is a byte with the position of its value.
#[expect(unsafe_code, reason = "values are read where they lie")]
pub unsafe trait Choice: Copy {
    /// The names of its values in the rules.
    const NAMES: &'static [&'static str];
    /// Whether it is a byte with the position of its value: `#[repr(u8)]`, and no value has a number of its own.
    const IS_BYTE: bool;
    /// The position of the name of a value.
    fn position(self) -> usize;
    /// The value whose name is at a position.
    fn at(position: usize) -> Option<Self>;
}

/// Reasons as an enum: a variant for each, with its parameters. Derived by `#[derive(Reasons)]`.
pub trait Reasons: Sized {
    /// The names of the reasons in the rules, each with those of its parameters.
    const NAMES: &'static [(&'static str, &'static [&'static str])];
    /// The types of the parameters of each, as pairs of one and the rest.
    type Variants: Variants;
    /// The value of a variant.
    fn from_variant(variant: <Self::Variants as Variants>::Sum) -> Self;
}

mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// A kind of terms: how a value lies in an image.
pub trait Kind<T>: Sealed {
    /// Words of the image.
    const WORDS: usize;
    /// The image of every value.
    fn form() -> Form;
    /// Words of the image beside the value itself, where the value stays and what can be is read in its place.
    const BESIDE: usize = Self::WORDS;
    /// How a value lies that is so many bytes behind the record or element that it is in.
    fn placed(offset: usize) -> Form {
        let _ = offset;
        Self::form()
    }
}

/// A kind whose values can be given to a decision.
pub trait Give<T>: Kind<T> {
    /// Writes the image of a value.
    fn give(value: &T, to: &mut [u64], more: &mut More);
    /// Writes what is not read in its place.
    #[inline(always)]
    fn give_beside(value: &T, to: &mut [u64], more: &mut More) {
        Self::give(value, to, more);
    }
}

/// A kind whose values can come of a decision.
pub trait Take<T>: Kind<T> {
    /// Reads an image; `None` when it is of no value.
    ///
    /// # Safety
    /// The words are an image of this kind, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(from: &[u64]) -> Option<T>;
}

/// Words of lists of a call, beside the image; kept for the next call.
#[derive(Debug, Default)]
pub struct More {
    used: Vec<Vec<u64>>,
    idle: Vec<Vec<u64>>,
}

impl More {
    /// Room for so many words.
    fn room(&mut self, words: usize) -> Vec<u64> {
        let mut room = self.idle.pop().unwrap_or_default();
        room.clear();
        room.resize(words, 0);
        room
    }

    /// Keeps words until the call is over; the address of the first.
    fn keep(&mut self, words: Vec<u64>) -> u64 {
        let address = words.as_ptr() as u64;
        self.used.push(words);
        address
    }

    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        if !self.used.is_empty() {
            self.idle.append(&mut self.used);
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<T>(PhantomData<T>);
        impl<T> Sealed for $name<T> {}
    )*};
}

kinds! {
    /// `bool`
    BoolKind
    /// `i64` and the smaller whole numbers
    IntKind
    /// [`Fixed`]
    FixedKind
    /// [`Decimal`]
    DecimalKind
    /// [`Day`]
    DayKind
    /// `String` and `&str`
    TextKind
    /// A [`Choice`].
    ChoiceKind
    /// An `Option`.
    OptionKind
    /// A `Vec` or a slice.
    ListKind
    /// A [`Record`].
    RecordKind
    /// [`Reasons`].
    ReasonsKind
    /// A [`Set`].
    SetKind
}

/// The word at the front, and what follows it.
#[inline(always)]
pub(super) fn first(words: &[u64]) -> Option<(u64, &[u64])> {
    words.split_first().map(|(first, rest)| (read(first), rest))
}

/// A word that was just written, by itself: a load of two words at once would wait until both are out of the store
/// buffer.
#[inline(always)]
#[expect(unsafe_code, reason = "says how to load")]
pub(super) fn read(word: &u64) -> u64 {
    // SAFETY: a reference is good to read.
    unsafe { std::ptr::from_ref(word).read_volatile() }
}

pub(super) fn put<const N: usize>(to: &mut [u64], words: [u64; N]) {
    if let Some(to) = to.first_chunk_mut() {
        *to = words;
    }
}

impl<T: Term> Term for Option<T> {
    type Kind = OptionKind<Option<T>>;
}
impl<T: Term> Kind<Option<T>> for OptionKind<Option<T>> {
    const WORDS: usize = 1 + T::Kind::WORDS;
    fn form() -> Form {
        Form::Optional(Box::new(T::Kind::form()))
    }
}
impl<T: Term<Kind: Give<T>>> Give<Option<T>> for OptionKind<Option<T>> {
    #[inline(always)]
    fn give(value: &Option<T>, to: &mut [u64], more: &mut More) {
        let Some((there, rest)) = to.split_first_mut() else {
            return;
        };
        *there = u64::from(value.is_some());
        if T::Kind::WORDS == 1 {
            // Written in any case, so that nothing must be foretold.
            let word = match value {
                Some(value) => {
                    let mut word = [0];
                    T::Kind::give(value, &mut word, more);
                    word
                }
                None => [0],
            };
            put(rest, word);
        } else if let Some(value) = value {
            T::Kind::give(value, rest, more);
        }
    }
}
impl<T: Term<Kind: Take<T>>> Take<Option<T>> for OptionKind<Option<T>> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<Option<T>> {
        let (there, rest) = first(from)?;
        if T::Kind::WORDS == 1 {
            // A kind of one word takes any word, and a missing value is mostly 0: nothing must be foretold.
            // SAFETY: as above.
            return match unsafe { T::Kind::take(rest) } {
                Some(value) => Some((there != 0).then_some(value)),
                None if there == 0 => Some(None),
                None => None,
            };
        }
        if there == 0 {
            return Some(None);
        }
        // SAFETY: the value is there, so its image follows.
        unsafe { T::Kind::take(rest) }.map(Some)
    }
}

/// Writes the images of elements one after the other.
fn give_all<T: Term<Kind: Give<T>>>(values: &[T], to: &mut [u64], more: &mut More) {
    for (value, to) in values
        .iter()
        .zip(to.chunks_exact_mut(T::Kind::WORDS.max(1)))
    {
        T::Kind::give(value, to, more);
    }
}

fn give_list<T: Term<Kind: Give<T>>>(values: &[T], to: &mut [u64], more: &mut More) {
    let mut room = more.room(values.len().saturating_mul(T::Kind::WORDS));
    give_all(values, &mut room, more);
    let address = more.keep(room);
    put(to, [address, values.len() as u64]);
}

/// The form of a list whose elements are read where the caller holds them, where they can be.
fn placed_list<T: Term>() -> Form {
    if T::Kind::BESIDE == 0 {
        Form::PlacedList(size_of::<T>(), Box::new(T::Kind::placed(0)))
    } else {
        Form::List(Box::new(T::Kind::form()))
    }
}

fn give_list_beside<T: Term<Kind: Give<T>>>(values: &[T], to: &mut [u64], more: &mut More) {
    if T::Kind::BESIDE == 0 {
        put(to, [values.as_ptr() as u64, values.len() as u64]);
    } else {
        give_list(values, to, more);
    }
}

impl<T: Term> Term for Vec<T> {
    type Kind = ListKind<Vec<T>>;
}
impl<T: Term> Kind<Vec<T>> for ListKind<Vec<T>> {
    const WORDS: usize = 2;
    fn form() -> Form {
        Form::List(Box::new(T::Kind::form()))
    }
    fn placed(_offset: usize) -> Form {
        placed_list::<T>()
    }
}
impl<T: Term<Kind: Give<T>>> Give<Vec<T>> for ListKind<Vec<T>> {
    fn give(value: &Vec<T>, to: &mut [u64], more: &mut More) {
        give_list(value, to, more);
    }
    #[inline(always)]
    fn give_beside(value: &Vec<T>, to: &mut [u64], more: &mut More) {
        give_list_beside(value, to, more);
    }
}
impl<T: Term<Kind: Take<T>>> Take<Vec<T>> for ListKind<Vec<T>> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(from: &[u64]) -> Option<Vec<T>> {
        let [address, count] = *from.first_chunk()?;
        let count = usize::try_from(count).ok()?;
        let words = count.checked_mul(T::Kind::WORDS)?;
        if words == 0 {
            // Nothing lies there; whoever has no words has nothing to read.
            // SAFETY: an image of no words is that of every value of such a kind.
            return (0..count)
                // SAFETY: as above.
                .map(|_| unsafe { T::Kind::take(&[]) })
                .collect();
        }
        // SAFETY: the words of a list are the address and the count of images that are alive.
        let images = unsafe { std::slice::from_raw_parts(address as *const u64, words) };
        let images = images.chunks_exact(T::Kind::WORDS);
        // SAFETY: each of them is an image of the kind.
        images
            // SAFETY: as above.
            .map(|image| unsafe { T::Kind::take(image) })
            .collect()
    }
}
impl<'t, T: Term> Term for &'t [T] {
    type Kind = ListKind<&'t [T]>;
}
impl<'t, T: Term> Kind<&'t [T]> for ListKind<&'t [T]> {
    const WORDS: usize = 2;
    fn form() -> Form {
        Form::List(Box::new(T::Kind::form()))
    }
    fn placed(_offset: usize) -> Form {
        placed_list::<T>()
    }
}
impl<'t, T: Term<Kind: Give<T>>> Give<&'t [T]> for ListKind<&'t [T]> {
    fn give(value: &&'t [T], to: &mut [u64], more: &mut More) {
        give_list(value, to, more);
    }
    #[inline(always)]
    fn give_beside(value: &&'t [T], to: &mut [u64], more: &mut More) {
        give_list_beside(value, to, more);
    }
}

impl<T: Term, const N: usize> Term for [T; N] {
    type Kind = ListKind<[T; N]>;
}
impl<T: Term, const N: usize> Kind<[T; N]> for ListKind<[T; N]> {
    const WORDS: usize = N * T::Kind::WORDS;
    fn form() -> Form {
        Form::Array(N, Box::new(T::Kind::form()))
    }
    const BESIDE: usize = if T::Kind::BESIDE == 0 { 0 } else { Self::WORDS };
    fn placed(offset: usize) -> Form {
        if T::Kind::BESIDE == 0 {
            Form::PlacedArray(offset, N, size_of::<T>(), Box::new(T::Kind::placed(0)))
        } else {
            Self::form()
        }
    }
}
impl<T: Term<Kind: Give<T>>, const N: usize> Give<[T; N]> for ListKind<[T; N]> {
    #[inline(always)]
    fn give(value: &[T; N], to: &mut [u64], more: &mut More) {
        give_all(value, to, more);
    }
    #[inline(always)]
    fn give_beside(value: &[T; N], to: &mut [u64], more: &mut More) {
        if T::Kind::BESIDE > 0 {
            Self::give(value, to, more);
        }
    }
}

/// Types of fields: pairs of one and the rest.
pub trait Fields: Sealed {
    /// Words of their images.
    const WORDS: usize;
    /// Words of what is not read in its place.
    const BESIDE: usize;
    /// Adds their forms.
    fn forms(to: &mut Vec<Form>);
    /// Adds their forms where they lie at these offsets.
    fn placed(offsets: &[usize], behind: usize, to: &mut Vec<Form>);
}

/// Fields whose values can come of a decision.
pub trait TakeFields: Fields + Sized {
    /// Reads their images.
    ///
    /// # Safety
    /// The words are images of these fields, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(from: &[u64]) -> Option<Self>;
}

impl Sealed for () {}
impl Fields for () {
    const WORDS: usize = 0;
    const BESIDE: usize = 0;
    fn forms(_to: &mut Vec<Form>) {}
    fn placed(_offsets: &[usize], _behind: usize, _to: &mut Vec<Form>) {}
}
impl TakeFields for () {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(_from: &[u64]) -> Option<()> {
        Some(())
    }
}

impl<T, R> Sealed for (T, R) {}
impl<T: Term, R: Fields> Fields for (T, R) {
    const WORDS: usize = T::Kind::WORDS + R::WORDS;
    const BESIDE: usize = T::Kind::BESIDE + R::BESIDE;
    fn forms(to: &mut Vec<Form>) {
        to.push(T::Kind::form());
        R::forms(to);
    }
    fn placed(offsets: &[usize], behind: usize, to: &mut Vec<Form>) {
        if let Some((offset, rest)) = offsets.split_first() {
            to.push(T::Kind::placed(behind + offset));
            R::placed(rest, behind, to);
        }
    }
}
impl<T: Term<Kind: Take<T>>, R: TakeFields> TakeFields for (T, R) {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<Self> {
        let (first, rest) = from.split_at_checked(T::Kind::WORDS)?;
        // SAFETY: the image of the first field comes first, and those of the others follow.
        unsafe { Some((T::Kind::take(first)?, R::take(rest)?)) }
    }
}

/// Takes the fields of a record one after the other, each of the type that comes next.
#[derive(Debug)]
pub struct Giver<'g, F> {
    to: &'g mut [u64],
    more: &'g mut More,
    /// Whether what can be is read in its place.
    placed: bool,
    next: PhantomData<F>,
}

impl<'g, T: Term<Kind: Give<T>>, R: Fields> Giver<'g, (T, R)> {
    /// The next field.
    #[inline(always)]
    pub fn field(self, value: &T) -> Giver<'g, R> {
        let words = if self.placed {
            T::Kind::BESIDE
        } else {
            T::Kind::WORDS
        };
        let (first, to) = self.to.split_at_mut_checked(words).unwrap_or_default();
        if self.placed {
            T::Kind::give_beside(value, first, self.more);
        } else {
            T::Kind::give(value, first, self.more);
        }
        Giver {
            to,
            more: self.more,
            placed: self.placed,
            next: PhantomData,
        }
    }
}

impl<T: Record> Kind<T> for RecordKind<T> {
    const WORDS: usize = T::Fields::WORDS;
    fn form() -> Form {
        let mut forms = Vec::new();
        T::Fields::forms(&mut forms);
        Form::Record(T::NAMES.iter().copied().zip(forms).collect())
    }
    const BESIDE: usize = T::Fields::BESIDE;
    fn placed(offset: usize) -> Form {
        let mut forms = Vec::new();
        T::Fields::placed(T::OFFSETS, offset, &mut forms);
        Form::Record(T::NAMES.iter().copied().zip(forms).collect())
    }
}
impl<T: GiveFields> Give<T> for RecordKind<T> {
    #[inline(always)]
    fn give(value: &T, to: &mut [u64], more: &mut More) {
        value.give(Giver {
            to,
            more,
            placed: false,
            next: PhantomData,
        });
    }
    #[inline(always)]
    fn give_beside(value: &T, to: &mut [u64], more: &mut More) {
        if Self::BESIDE > 0 {
            value.give(Giver {
                to,
                more,
                placed: true,
                next: PhantomData,
            });
        }
    }
}
impl<T: FromFields> Take<T> for RecordKind<T> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<T> {
        // SAFETY: the image of a record is those of its fields.
        unsafe { <T::Fields as TakeFields>::take(from) }.map(T::from_fields)
    }
}

/// One of several variants.
#[derive(Debug)]
pub enum Either<A, B> {
    /// The first.
    This(A),
    /// One of the others.
    Other(B),
}

/// No variant is left.
#[derive(Debug)]
pub enum Never {}

/// Types of the parameters of several reasons: pairs of one and the rest.
pub trait Variants: Sealed {
    /// The parameters of one of them.
    type Sum;
    /// Adds their forms.
    fn forms(names: &[(&'static str, &'static [&'static str])], to: &mut Vec<Variant>);
    /// Reads the parameters of the variant of a number.
    ///
    /// # Safety
    /// The words are images of the parameters of this variant, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(number: u64, from: &[u64]) -> Option<Self::Sum>;
    /// Words of the longest.
    const WORDS: usize;
}
impl Variants for () {
    type Sum = Never;
    const WORDS: usize = 0;
    fn forms(_names: &[(&'static str, &'static [&'static str])], _to: &mut Vec<Variant>) {}
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn take(_number: u64, _from: &[u64]) -> Option<Never> {
        None
    }
}
impl<F: TakeFields, R: Variants> Variants for (F, R) {
    type Sum = Either<F, R::Sum>;
    const WORDS: usize = if F::WORDS > R::WORDS {
        F::WORDS
    } else {
        R::WORDS
    };
    fn forms(names: &[(&'static str, &'static [&'static str])], to: &mut Vec<Variant>) {
        let Some(((name, params), rest)) = names.split_first() else {
            return;
        };
        let mut forms = Vec::new();
        F::forms(&mut forms);
        let params = params.iter().copied().zip(forms).collect();
        to.push(Variant { name, params });
        R::forms(rest, to);
    }
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(number: u64, from: &[u64]) -> Option<Self::Sum> {
        match number.checked_sub(1) {
            // SAFETY: the caller says that these are the parameters of the first variant.
            None => unsafe { F::take(from) }.map(Either::This),
            // SAFETY: as the caller says, of one of the others.
            Some(number) => unsafe { R::take(number, from) }.map(Either::Other),
        }
    }
}

impl<T: Reasons> Kind<T> for ReasonsKind<T> {
    const WORDS: usize = 1 + T::Variants::WORDS;
    fn form() -> Form {
        let mut variants = Vec::new();
        T::Variants::forms(T::NAMES, &mut variants);
        Form::Reasons(variants)
    }
}
impl<T: Reasons> Take<T> for ReasonsKind<T> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<T> {
        let (number, params) = first(from)?;
        // SAFETY: the parameters of the variant follow its number.
        unsafe { T::Variants::take(number, params) }.map(T::from_variant)
    }
}

impl<T: Term> Term for Set<T> {
    type Kind = SetKind<Set<T>>;
}
impl<T: Term> Kind<Set<T>> for SetKind<Set<T>> {
    const WORDS: usize = 1;
    fn form() -> Form {
        Form::Set(Box::new(T::Kind::form()))
    }
}
impl<T: Term> Take<Set<T>> for SetKind<Set<T>> {
    // SAFETY: what the trait demands is all that is read.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline(always)]
    unsafe fn take(from: &[u64]) -> Option<Set<T>> {
        Some(Set::from_bits(first(from)?.0))
    }
}
