//! Literals: numbers, dates and texts, exactly as written.

use assize_grammar::{FaultFix, Kind, Node, TextRange};
use assize_ir::date;
use rust_decimal::Decimal;

use super::super::{DateLit, Expr, ExprKind, TextLit, TextPiece, UnitExpr};
use super::{Lower, code, name, span};

/// The greatest number of places after the point.
const MAX_PLACES: u32 = 28;
/// The greatest number without its point: 96 bits.
const MAX_MANTISSA: i128 = (1 << 96) - 1;

/// The number that is written, with as many places as are written; underscores are passed over.
/// `None` when it has more digits than a decimal holds.
fn decimal(text: &str) -> Option<Decimal> {
    let mut mantissa: i128 = 0;
    let mut places: Option<u32> = None;
    for character in text.chars() {
        match character {
            '.' => places = Some(0),
            '_' => {}
            _ => {
                mantissa = mantissa
                    .checked_mul(10)?
                    .checked_add(character.to_digit(10)?.into())?;
                if mantissa > MAX_MANTISSA {
                    return None;
                }
                places = places.map(|places| places.saturating_add(1));
            }
        }
    }
    let places = places.unwrap_or(0);
    if places > MAX_PLACES {
        return None;
    }
    Decimal::try_from_i128_with_scale(mantissa, places).ok()
}

impl Lower {
    /// A `Decimal` leaf, or the digits of a `Percent` leaf.
    pub(super) fn decimal(&mut self, node: Node<'_>) -> Option<Decimal> {
        let text = node.text();
        let value = decimal(text.strip_suffix('%').unwrap_or(text));
        if value.is_none() {
            let claim = format!("`{text}` has more digits than a decimal holds");
            let fault = self.fault(code::NUMBER_TOO_LONG, node.range(), claim);
            fault.because.push(format!(
                "a number has up to {MAX_PLACES} places, and all its digits together are at most \
                 {MAX_MANTISSA}"
            ));
            fault.instead = Some("write fewer digits".into());
        }
        value
    }

    pub(super) fn date(&mut self, node: Node<'_>) -> DateLit {
        self.date_text(node.text(), node.range())
    }

    /// A date that is all or a part of a leaf.
    pub(super) fn date_text(&mut self, text: &str, range: TextRange) -> DateLit {
        let day = date::parse(text);
        if day.is_none() {
            let last = last_of_month(text);
            let fault = self.fault(code::NO_SUCH_DATE, range, format!("there is no {text}"));
            match last {
                Some(last) => {
                    fault
                        .because
                        .push(format!("the last day of that month is {last}"));
                    fault.instead = Some(format!("write {last}, or the day that is meant"));
                    fault.fixes.push(FaultFix {
                        title: format!("write {last}"),
                        range,
                        text: last,
                        certain: false,
                    });
                }
                None => {
                    fault.instead =
                        Some("write year, month and day, from 0001-01-01 to 9999-12-31".into());
                }
            }
        }
        DateLit {
            day,
            span: super::Span {
                start: range.start,
                end: range.end,
            },
        }
    }

    /// A `Date`, `Percent`, `Decimal` or `Measure`.
    pub(super) fn number(&mut self, node: Node<'_>) -> Expr {
        let kind = match node.kind() {
            Kind::Date => ExprKind::Date(self.date(node)),
            Kind::Percent => ExprKind::Percent(self.decimal(node)),
            Kind::Decimal => self.decimal_with_unit(node, None),
            Kind::Measure => match node.child(Kind::Decimal) {
                Some(decimal) => self.decimal_with_unit(decimal, node.child(Kind::UnitOf)),
                None => ExprKind::Error,
            },
            _ => ExprKind::Error,
        };
        Expr {
            kind: Box::new(kind),
            span: span(node),
        }
    }

    fn decimal_with_unit(&mut self, decimal: Node<'_>, unit: Option<Node<'_>>) -> ExprKind {
        let unit = unit.and_then(|unit| {
            let mut words = unit.children_of(Kind::Name).map(name);
            Some(UnitExpr {
                over: words.next()?,
                per: words.next(),
            })
        });
        let point = decimal.text().contains('.');
        ExprKind::Number {
            value: self.decimal(decimal),
            point,
            unit,
        }
    }

    /// The number literal of a bound, a step or a cell, with the `-` before it.
    pub(super) fn signed(&mut self, node: Node<'_>, inner: Expr) -> Expr {
        match node.token("-") {
            None => inner,
            Some(minus) => {
                let span = span(minus).to(inner.span);
                Expr {
                    kind: Box::new(ExprKind::Negate(inner)),
                    span,
                }
            }
        }
    }

    /// A `String` as an expression.
    pub(super) fn text(&mut self, node: Node<'_>) -> Expr {
        let mut pieces = Vec::new();
        for child in node.nodes() {
            match child.kind() {
                Kind::TextPart => pieces.push(TextPiece::Text(self.unescape(child))),
                Kind::Hole => pieces.push(TextPiece::Hole(self.only_child(child))),
                _ => {}
            }
        }
        Expr {
            kind: Box::new(ExprKind::Text(pieces)),
            span: span(node),
        }
    }

    /// A `String` whose holes mean nothing: they are kept as written.
    pub(super) fn text_literal(&mut self, node: Node<'_>) -> TextLit {
        let mut text = String::new();
        for child in node.nodes() {
            match child.kind() {
                Kind::TextPart => text.push_str(&self.unescape(child)),
                _ => text.push_str(child.text()),
            }
        }
        TextLit {
            text,
            span: span(node),
        }
    }

    /// `\"`, `\\`, `\n`, and `{{` for a brace. Anything else behind a backslash is a fault and stands
    /// for itself.
    fn unescape(&mut self, node: Node<'_>) -> String {
        let text = node.text();
        let mut out = String::with_capacity(text.len());
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            match character {
                '{' => {
                    characters.next_if(|(_, next)| *next == '{');
                    out.push('{');
                }
                // Twice, like the opening one; alone it stands for itself.
                '}' => {
                    characters.next_if(|(_, next)| *next == '}');
                    out.push('}');
                }
                '\\' => match characters.next() {
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, plain @ ('"' | '\\'))) => out.push(plain),
                    Some((_, other)) => {
                        self.unknown_escape(node, at, other);
                        out.push(other);
                    }
                    None => out.push('\\'),
                },
                _ => out.push(character),
            }
        }
        out
    }

    fn unknown_escape(&mut self, node: Node<'_>, at: usize, escaped: char) {
        let offset = |at: usize| {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            node.range().start.saturating_add(at)
        };
        let start = offset(at);
        let range = TextRange {
            start,
            end: offset(at + '\\'.len_utf8() + escaped.len_utf8()),
        };
        let shown = if escaped.is_control() {
            "a backslash at the end of a line".to_owned()
        } else {
            format!("`\\{escaped}`")
        };
        let claim = format!("{shown} means nothing in a text");
        let fault = self.fault(code::UNKNOWN_ESCAPE, range, claim);
        fault
            .because
            .push("a backslash stands before `\"`, before `\\` or in `\\n`".into());
        if escaped == '{' {
            fault.instead = Some("write `{{` for a brace".into());
            let title = "write `{{`".to_owned();
            fault.fixes.push(FaultFix {
                title,
                range,
                text: "{{".into(),
                certain: true,
            });
        } else {
            fault.instead = Some("write `\\\\` for a backslash".into());
            let backslash = TextRange {
                start,
                end: offset(at + '\\'.len_utf8()),
            };
            let title = "write the backslash itself".to_owned();
            let text = "\\\\".to_owned();
            fault.fixes.push(FaultFix {
                title,
                range: backslash,
                text,
                certain: false,
            });
        }
    }
}

/// The last day of the month of a date whose day alone is wrong.
fn last_of_month(text: &str) -> Option<String> {
    let (month, day) = text.rsplit_once('-')?;
    if day == "00" {
        return None;
    }
    (28..=31)
        .rev()
        .map(|day| format!("{month}-{day}"))
        .find(|last| date::parse(last).is_some())
}
