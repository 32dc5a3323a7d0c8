//! The members of an object as they mostly come: in declared order, without blanks, numbers and enums in their usual
//! form. They are read by one loop that calls nothing, and stops before whatever is different.

use super::names::Names;
use super::plan::{Choice, Field, Kind};
use super::scan::{Literal, Places, Scan, eight_digits, is_escaped, leading_digits};

/// How a field is read in its usual form.
#[derive(Debug)]
pub(super) struct Step {
    /// Brace or comma, the name in quotes, and the colon.
    pub(super) key: Literal,
    /// Eight bytes of the key at its start, in its middle and at its end, where they lie, and which of them count: all,
    /// if there are so many.
    words: [u64; 3],
    middle: usize,
    last: usize,
    mask: u64,
    /// Bytes of the key, and of what is looked at with it: more than there are, where this is read elsewhere.
    bytes: usize,
    window: usize,
    /// The word that is written.
    at: usize,
    /// Whether the word before it says that it is there.
    optional: bool,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Number {
        places: Places,
        low: i64,
        high: i64,
    },
    /// An enum. Its opening quote belongs to the key.
    Choice,
    /// It is read elsewhere.
    Other,
}

/// Bytes behind a key that are looked at: seven digits and a point, and eight bytes of fraction.
const BEHIND: usize = 16;

/// Most bytes of a key that is compared by three words.
const LONGEST: usize = 24;

impl Step {
    /// Of a field whose words begin at `at`; `first`: it is the first one.
    pub(super) fn new(name: &str, first: bool, at: usize, kind: &Kind) -> Step {
        let before = if first { "{\"" } else { ",\"" };
        let (inner, optional) = match kind {
            Kind::Optional(inner) => (&**inner, true),
            kind => (kind, false),
        };
        let form = match inner {
            Kind::Int => Form::Number {
                places: Places::NONE,
                low: -i64::MAX,
                high: i64::MAX,
            },
            Kind::Fixed(fixed) => match fixed.read {
                Some(places) if places.are_few() => Form::Number {
                    places,
                    low: fixed.range.0,
                    high: fixed.range.1,
                },
                _ => Form::Other,
            },
            Kind::Enum(Choice {
                names: Names::Apart { .. },
                ..
            }) => Form::Choice,
            _ => Form::Other,
        };
        let quote = if let Form::Choice = form { "\"" } else { "" };
        let text = format!("{before}{name}\":{quote}");
        let bytes = text.len();
        let fits = bytes <= LONGEST && !is_escaped(name);
        let last = bytes.saturating_sub(8);
        let middle = last.min(8);
        let word = |from| {
            let bytes = text.bytes().skip(from).take(8).enumerate();
            bytes.fold(0, |word, (at, byte)| word | u64::from(byte) << (8 * at))
        };
        Step {
            key: Literal::around(before, name, "\":"),
            words: [0, middle, last].map(word),
            middle,
            last,
            mask: u64::MAX >> (64 - 8 * bytes.clamp(1, 8)),
            bytes,
            window: match form {
                _ if !fits => usize::MAX,
                Form::Other => usize::MAX,
                Form::Number { .. } | Form::Choice => bytes + BEHIND,
            },
            at: at + usize::from(optional),
            optional,
            form,
        }
    }

    /// Whether the key is next. The window of this step is there.
    #[inline(always)]
    fn is_next(&self, rest: &[u8]) -> bool {
        let [first, middle, last] = self.words;
        let differ =
            word(rest, 0) ^ first | word(rest, self.middle) ^ middle | word(rest, self.last) ^ last;
        differ & self.mask == 0
    }

    /// The word of a value in its usual form, and its bytes; of an enum behind the opening quote. [`BEHIND`] bytes are
    /// there.
    #[inline(always)]
    fn value(&self, rest: &[u8], from: usize, field: &Field) -> Option<(u64, usize)> {
        match &self.form {
            Form::Number { places, low, high } => {
                let text = word(rest, from);
                let (digits, bits) = leading_digits(text);
                // At least one digit and no more than seven, and no zero before others.
                if bits.wrapping_sub(8) > 48 || (digits as u8 == 0 && bits > 8) {
                    return None;
                }
                let whole = (bits / 8) as usize;
                let (mut fraction, mut length) = (0, whole);
                if (text >> bits) as u8 == b'.' {
                    let (digits, bits) = leading_digits(word(rest, from + whole + 1));
                    // Mostly all places are written: what comes next is then found without waiting for the bits.
                    if bits != places.all_bits {
                        return None;
                    }
                    length = whole + places.with_point;
                    fraction = places.aligned(digits);
                }
                let digits = digits << (64 - bits);
                let value = if bits + places.bits <= 64 {
                    eight_digits((digits >> places.bits) | fraction)
                } else {
                    more_digits(digits, places.power, fraction)
                };
                (*low <= value && value <= *high).then_some((value.cast_unsigned(), length))
            }
            Form::Choice => chosen(rest, from, field),
            Form::Other => None,
        }
    }

    /// Writes the word of a value.
    #[inline(always)]
    fn write(&self, value: u64, words: &mut [u64]) -> Option<()> {
        *words.get_mut(self.at)? = value;
        if self.optional {
            *words.get_mut(self.at.checked_sub(1)?)? = 1;
        }
        Some(())
    }

    /// Reads the value of a member whose key was found in another way; `None`: it has another form, and nothing is
    /// moved.
    #[inline(always)]
    pub(super) fn read(&self, field: &Field, scan: &mut Scan<'_>, words: &mut [u64]) -> Option<()> {
        let quote = matches!(self.form, Form::Choice);
        if quote && scan.peek() != b'"' {
            return None;
        }
        let start = scan.at + usize::from(quote);
        let rest = scan.bytes.get(start..)?;
        if rest.len() < BEHIND {
            return None;
        }
        let (value, length) = self.value(rest, 0, field)?;
        if is_exponent(rest.get(length)) {
            return None;
        }
        self.write(value, words)?;
        scan.at = start + length;
        Some(())
    }
}

/// The number of more than eight digits.
#[inline(never)]
fn more_digits(whole: u64, power: i64, fraction: u64) -> i64 {
    eight_digits(whole) * power + eight_digits(fraction)
}

/// The position of a value of an enum, and the bytes of its name with the quote behind.
#[inline(never)]
fn chosen(rest: &[u8], from: usize, field: &Field) -> Option<(u64, usize)> {
    let Kind::Enum(choice) = field.kind.present() else {
        return None;
    };
    let mut scan = Scan {
        bytes: rest,
        at: from,
    };
    let found = choice.names.find(&choice.values, &mut scan)?;
    Some((found as u64, scan.at - from))
}

/// Reads members from this field on, as far as they come in order and in their usual form, and moves over them; the
/// first field that does not.
#[inline(never)]
pub(super) fn run(
    (steps, fields): (&[Step], &[Field]),
    from: usize,
    scan: &mut Scan<'_>,
    words: &mut [u64],
) -> usize {
    let mut rest = scan.bytes.get(scan.at..).unwrap_or_default();
    // What begins with the last member.
    let mut before = rest;
    let steps = steps.get(from..).unwrap_or_default();
    let mut number = from;
    for (step, field) in steps.iter().zip(fields.get(from..).unwrap_or_default()) {
        if rest.len() < step.window || !step.is_next(rest) {
            break;
        }
        let Some((value, length)) = step.value(rest, step.bytes, field) else {
            break;
        };
        let Some(behind) = rest.get(step.bytes + length..) else {
            break;
        };
        if step.write(value, words).is_none() {
            break;
        }
        (before, rest) = (rest, behind);
        number += 1;
    }
    // An exponent moves the point of the number before it, so that this one has another form.
    if number > from && is_exponent(rest.first()) {
        (rest, number) = (before, number - 1);
    }
    scan.at = scan.bytes.len() - rest.len();
    number
}

fn is_exponent(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'e' | b'E'))
}

/// Eight bytes.
#[inline(always)]
fn word(rest: &[u8], at: usize) -> u64 {
    debug_assert!(at + 8 <= rest.len());
    #[expect(unsafe_code, reason = "all of a window is tested at once")]
    // SAFETY: callers have tested that the window of a step is there. It has the key, in which the words of a key of
    // eight bytes and more lie, and sixteen bytes behind it: so many as a shorter key and the eight behind its first byte
    // need, and the eight behind a point that follows seven digits at most.
    unsafe {
        u64::from_le_bytes(rest.as_ptr().add(at).cast::<[u8; 8]>().read())
    }
}

#[cfg(test)]
mod tests {
    use assize_ir::NumType;
    use proptest::prelude::*;

    use super::super::out::Fragment;
    use super::super::plan::{Fixed, LeftOut};
    use super::*;

    fn field(name: &str, at: usize, kind: Kind) -> (Step, Field) {
        let step = Step::new(name, at == 0, at, &kind);
        let field = Field {
            name: name.to_owned(),
            ending: Literal::around("", name, "\""),
            before: Fragment::default(),
            at,
            words: 1,
            kind,
            left_out: LeftOut::Fault,
        };
        (step, field)
    }

    fn number(places: u8) -> Kind {
        let ty = NumType {
            places: Some(places),
            highest: Some(99_999.into()),
            ..NumType::PLAIN
        };
        Kind::Fixed(Fixed::new(&ty, places))
    }

    /// An object with fields of every form: how many of them are read, where that ends, and the words.
    fn read(text: &str) -> (usize, usize, Vec<u64>) {
        let choice = Kind::Enum(Choice::new(["retail", "trade"].into_iter()));
        let (steps, fields): (Vec<Step>, Vec<Field>) = [
            field("a", 0, Kind::Int),
            field("quantity", 1, number(3)),
            field("segment", 2, choice),
            field("a_name_of_19_letters", 3, number(2)),
            field("contract_price", 4, Kind::Optional(Box::new(number(4)))),
        ]
        .into_iter()
        .unzip();
        let mut scan = Scan {
            bytes: text.as_bytes(),
            at: 0,
        };
        let mut words = vec![7; 6];
        let count = run((&steps, &fields), 0, &mut scan, &mut words);
        (count, scan.at, words)
    }

    const REST: &str = "}                                        ";

    #[test]
    fn members_are_read_as_far_as_they_are_usual() {
        let usual = format!(
            "{{\"a\":12,\"quantity\":1.500,\"segment\":\"trade\",\"a_name_of_19_letters\":3.25,\
             \"contract_price\":1.2500{REST}"
        );
        let end = usual.len() - REST.len();
        let (count, at, words) = read(&usual);
        assert_eq!(
            (count, at, words),
            (5, end, vec![12, 1_500, 1, 325, 1, 12_500])
        );
        // Whatever is different ends it before its key.
        for (from, to, wanted) in [
            ("\"a\":12", "\"a\": 12", 0),
            ("\"a\":12", "\"b\":12", 0),
            ("\"a\":12", "\"a\":-12", 0),
            ("\"a\":12", "\"a\":012", 0),
            ("\"a\":12", "\"a\":12345678", 0),
            ("\"a\":12", "\"a\":1.0", 0),
            ("\"a\":12", "\"a\":12e1", 0),
            ("\"a\":12", "\"a\":0", 5),
            ("1.500", "1.5", 1),
            ("1.500", "1.5000", 1),
            ("1.500", "1.", 1),
            ("1.500", "1", 5),
            ("1.500", "1.500e0", 1),
            ("1.500", "1E2", 1),
            ("1.500", "99999.001", 1),
            ("1.500", "\"1.500\"", 1),
            ("1.500", "null", 1),
            ("trade", "trader", 2),
            ("trade", "retail", 5),
            ("quantity", "quantitY", 1),
            ("quantity", "quanTity", 1),
            ("segment", "Segment", 2),
            (",\"segment", " ,\"segment", 2),
            ("a_name_of_19", "a_name_Of_19", 3),
            ("1.2500", "null", 4),
            ("1.2500", "99999.0", 4),
            ("1.2500", "99998.1234", 5),
            ("1.2500", "12500", 5),
        ] {
            let text = usual.replacen(from, to, 1);
            assert_ne!(text, usual);
            let (count, at, _) = read(&text);
            assert_eq!(count, wanted, "{text}");
            let places = usual.match_indices([',', '{']).map(|(at, _)| at);
            let end = places.chain([text.len() - REST.len()]).nth(count);
            assert!(count > 1 || Some(at) == end, "{text}");
        }
        // A longer name is none of those that are compared by three words.
        let kind = number(2);
        assert_eq!(
            Step::new("a_name_of_21_letters_", false, 0, &kind).window,
            usize::MAX
        );
    }

    #[test]
    fn nothing_is_read_where_a_line_may_end() {
        let line = r#"{"a":12,"quantity":1.500}"#;
        for end in 0..=line.len() {
            let (count, at, _) = read(line.get(..end).unwrap());
            assert!(count <= 1 && at <= end);
        }
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_the_definition(
            text in "[0-9]{0,8}[.]?[0-9]{0,8}[eE]?[0-9]{0,2}",
            places in 0u8..=7,
        ) {
            let (step, field) = field("n", 0, number(places));
            let whole = format!("{{\"n\":{text},{REST}");
            let mut scan = Scan { bytes: whole.as_bytes(), at: 0 };
            let mut words = vec![0];
            let count = run((&[step], &[field]), 0, &mut scan, &mut words);
            if count == 1 && scan.at == text.len() + 5 {
                let wanted = assize_eval::json::number::decimal(&text, 0);
                let found = rust_decimal::Decimal::new(words[0].cast_signed(), u32::from(places));
                prop_assert_eq!(wanted, Ok(found.normalize()));
            }
        }
    }
}
