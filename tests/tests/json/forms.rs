//! One JSON document in many forms, and broken in many ways; the same on every machine.

use assize_tests::erp_cases::node::Node;

/// A sequence of numbers (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below this one.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one_of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

/// Writes a document: the same value, written in some way.
pub struct Scribe<'n> {
    /// What decides.
    pub numbers: &'n mut Numbers,
    /// How often something is written in another way than the usual one, in percent.
    pub odd: usize,
    /// Whether members come in another order.
    pub shuffled: bool,
}

impl Scribe<'_> {
    /// The text of a document.
    pub fn write(&mut self, node: &Node) -> Vec<u8> {
        let mut out = String::new();
        self.blanks(&mut out);
        self.node(node, &mut out);
        self.blanks(&mut out);
        out.into_bytes()
    }

    fn blanks(&mut self, out: &mut String) {
        while self.numbers.chance(self.odd) {
            out.push_str(self.numbers.one_of(&[" ", "\n", "\t", "\r\n", "    "]));
        }
    }

    fn node(&mut self, node: &Node, out: &mut String) {
        match node {
            Node::Null => out.push_str("null"),
            Node::Bool(value) => out.push_str(&value.to_string()),
            Node::Number(number) => {
                let number = self.number(number);
                match self.numbers.chance(self.odd) {
                    true => self.text(&number, out),
                    false => out.push_str(&number),
                }
            }
            Node::Text(text) => self.text(text, out),
            Node::List(items) => {
                out.push('[');
                self.blanks(out);
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                        self.blanks(out);
                    }
                    self.node(item, out);
                    self.blanks(out);
                }
                out.push(']');
            }
            Node::Object(members) => {
                let mut order: Vec<usize> = (0..members.len()).collect();
                if self.shuffled {
                    for last in (1..order.len()).rev() {
                        order.swap(last, self.numbers.below(last + 1));
                    }
                }
                out.push('{');
                self.blanks(out);
                for (at, member) in order.into_iter().enumerate() {
                    let (name, value) = &members[member];
                    if at > 0 {
                        out.push(',');
                        self.blanks(out);
                    }
                    self.text(name, out);
                    self.blanks(out);
                    out.push(':');
                    self.blanks(out);
                    self.node(value, out);
                    self.blanks(out);
                }
                out.push('}');
            }
        }
    }

    /// The same number.
    fn number(&mut self, number: &str) -> String {
        if !self.numbers.chance(self.odd) {
            return number.to_owned();
        }
        let point = number.contains('.');
        match self.numbers.below(5) {
            0 if point => format!("{number}{}", "0".repeat(self.numbers.below(30))),
            0 => format!("{number}.{}", "0".repeat(1 + self.numbers.below(30))),
            1 => format!("{number}{}", self.numbers.one_of(&["e0", "E+0", "e-0"])),
            2 if !point && number != "0" => {
                format!("{number}00{}", self.numbers.one_of(&["e-2", "E-02"]))
            }
            3 if number == "0" => "-0".to_owned(),
            4 if point => match number.split_once('.') {
                Some((whole, places)) => {
                    let digits = format!("{whole}{places}");
                    let sign = if digits.starts_with('-') { "-" } else { "" };
                    let digits = digits.trim_start_matches(['-', '0']);
                    let digits = if digits.is_empty() { "0" } else { digits };
                    format!("{sign}{digits}e-{}", places.len())
                }
                None => number.to_owned(),
            },
            _ => number.to_owned(),
        }
    }

    fn text(&mut self, text: &str, out: &mut String) {
        out.push('"');
        for character in text.chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '/' if self.numbers.chance(self.odd) => out.push_str("\\/"),
                other if other < ' ' || self.numbers.chance(self.odd / 8) => {
                    let mut units = [0; 2];
                    for unit in other.encode_utf16(&mut units) {
                        out.push_str(&match self.numbers.chance(50) {
                            true => format!("\\u{unit:04x}"),
                            false => format!("\\u{unit:04X}"),
                        });
                    }
                }
                other => out.push(other),
            }
        }
        out.push('"');
    }
}

/// Values that stand where something else is expected.
fn strange(numbers: &mut Numbers) -> Node {
    let number = |text: &str| Node::Number(text.to_owned());
    match numbers.below(16) {
        0 => Node::Null,
        1 => Node::Bool(true),
        2 => number("9223372036854775807"),
        3 => number("-9223372036854775808"),
        4 => number("9223372036854775808"),
        5 => number("1e400"),
        6 => number("1e28"),
        7 => number("0.00000000000001"),
        8 => number("79228162514264337593543950336"),
        9 => number("-0.001"),
        10 => Node::Text("x".repeat(64 * 1024 + numbers.below(2))),
        11 => Node::Text("2026-02-30".to_owned()),
        12 => Node::Text(" größe\u{1F600}\u{0}\"".to_owned()),
        13 => Node::List(vec![]),
        14 => Node::Object(vec![]),
        _ => (0..60 + numbers.below(8)).fold(number("1"), |inner, _| Node::List(vec![inner])),
    }
}

/// Changes one thing in a document, somewhere; most changes break it.
pub fn damage(node: &mut Node, numbers: &mut Numbers) {
    match node {
        Node::Object(members) if !members.is_empty() && numbers.chance(80) => {
            let at = numbers.below(members.len());
            match numbers.below(12) {
                0 => {
                    members.remove(at);
                }
                1 => {
                    let again = members[at].clone();
                    members.insert(numbers.below(members.len() + 1), again);
                }
                2 => members.push(("unknown".to_owned(), strange(numbers))),
                3 => {
                    let (name, _) = &mut members[at];
                    *name = match numbers.below(3) {
                        0 => name.to_uppercase(),
                        1 => format!("{name}x"),
                        _ => name.chars().skip(1).collect(),
                    };
                }
                4 => members[at].1 = strange(numbers),
                _ => damage(&mut members[at].1, numbers),
            }
        }
        Node::List(items) if !items.is_empty() && numbers.chance(80) => {
            let at = numbers.below(items.len());
            match numbers.below(4) {
                0 => {
                    let again = items[at].clone();
                    items.extend(std::iter::repeat_n(again, 1 + numbers.below(9)));
                }
                1 => items[at] = strange(numbers),
                _ => damage(&mut items[at], numbers),
            }
        }
        other => *other = strange(numbers),
    }
}

/// Changes some bytes.
pub fn scratch(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    const BYTES: &[u8] = b"\"\\{}[],:-+.eE0123456789tfn \n\t\0\x1F\x7F\x80\xC3\xED\xFFu/";
    for _ in 0..1 + numbers.below(2) {
        let at = numbers.below(bytes.len() + 1);
        let byte = BYTES[numbers.below(BYTES.len())];
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, byte),
            2 => bytes.push(byte),
            3 if at < bytes.len() => {
                bytes.remove(at);
            }
            4 if at < bytes.len() => {
                let end = (at + numbers.below(20)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ if at < bytes.len() => bytes[at] = byte,
            _ => bytes.insert(0, byte),
        }
    }
}
