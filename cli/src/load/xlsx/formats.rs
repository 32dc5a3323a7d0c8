//! Number formats of a workbook: what they show besides the number itself.

/// What a number format adds to the number that is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Format {
    /// Whether the number is shown as a percent.
    pub percent: bool,
    /// Digits before the point that are always shown, zeros where the number has none.
    pub least_digits: usize,
}

impl Format {
    /// Reads a format code. Of its sections, the first is that of positive numbers and says how they
    /// are padded; a `%` counts in each.
    pub(super) fn of(code: &str) -> Format {
        let mut format = Format::default();
        let (mut quoted, mut bracket) = (false, false);
        let (mut counting, mut is_fraction) = (true, false);
        let mut characters = code.chars();
        while let Some(next) = characters.next() {
            match next {
                '"' => quoted = !quoted,
                '\\' | '_' | '*' if !quoted => {
                    characters.next();
                }
                _ if quoted => {}
                '[' => bracket = true,
                ']' => bracket = false,
                _ if bracket => {}
                '%' => format.percent = true,
                // What stands behind the point, in an exponent or in another section pads nothing.
                '.' | 'E' | 'e' | ';' => counting = false,
                '/' if counting => is_fraction = true,
                '0' if counting => format.least_digits += 1,
                _ => {}
            }
        }
        if is_fraction {
            format.least_digits = 0;
        }
        format
    }

    /// Whether a number, as decimal text, is shown with zeros in front that are not part of it.
    pub(super) fn pads(self, number: &str) -> bool {
        let digits = number
            .trim_start_matches('-')
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        // A lone zero before the point is how everybody writes a number.
        self.least_digits > 1 && digits < self.least_digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_formats() {
        for (format, wanted) in [
            ("0%", true),
            ("0.00%;[Red]-0.00%", true),
            ("General", false),
            ("0\"%\"", false),
            ("0\\%", false),
            ("[$-409]0", false),
        ] {
            assert_eq!(Format::of(format).percent, wanted, "{format}");
        }
    }

    #[test]
    fn formats_that_pad() {
        for (format, digits) in [
            ("General", 0),
            ("@", 0),
            ("0", 1),
            ("0.00", 1),
            ("#,##0.00", 1),
            ("0.00E+00", 1),
            ("0;-0000", 1),
            ("# ?/?", 0),
            ("00/00", 0),
            ("\"000\"0", 1),
            ("[$-00409]0", 1),
            ("0000", 4),
            ("00000;-00000", 5),
            ("000\\-000", 6),
            ("\"A\"000", 3),
            ("000%", 3),
        ] {
            assert_eq!(Format::of(format).least_digits, digits, "{format}");
        }
    }

    #[test]
    fn numbers_that_fill_their_format_are_as_they_are_shown() {
        let format = Format::of("0000");
        for (number, padded) in [
            ("1", true),
            ("999.5", true),
            ("-12", true),
            ("1000", false),
            ("-1000", false),
            ("12345", false),
        ] {
            assert_eq!(format.pads(number), padded, "{number}");
        }
        assert!(!Format::of("0").pads("0"));
        assert!(Format::of("00").pads("0"));
    }
}
