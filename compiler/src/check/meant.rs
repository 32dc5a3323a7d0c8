//! What is meant where a value stands in the way of other languages: `a is 1 or 2`, `list.length`,
//! `name.trim()`, `list[0]`, a cell that says `else`. It only adds the way out to what is said.

use super::access::path_of;
use super::{Checker, Val};
use crate::ast::{Arg, CompareOp, Expr, ExprKind, Span, TestKind, TextPiece};
use crate::codes;
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::elsewhere;
use crate::names::{Space, lookup};
use crate::signature::signature;
use crate::ty::{RecordRef, Ty};

/// The first comparison of a condition that goes on with values alone.
struct Compared<'e> {
    /// What is compared.
    subject: &'e Expr,
    /// The comparison.
    item: &'e Expr,
    /// What it is compared with, and the values that follow.
    values: Vec<&'e Expr>,
    /// `!=`, `is not`
    negated: bool,
}

/// What is asked to be there, or not, is compared with no other value: `a is not missing and b` says
/// nothing of `a` and `b` together.
fn compared(item: &Expr) -> Option<Compared<'_>> {
    let found = match &*item.kind {
        ExprKind::Compare {
            op: op @ (CompareOp::Equal | CompareOp::NotEqual),
            left,
            right,
            ..
        } => Some(Compared {
            subject: left,
            item,
            values: vec![right],
            negated: *op == CompareOp::NotEqual,
        }),
        ExprKind::Is {
            negated,
            left,
            right,
        } => Some(Compared {
            subject: left,
            item,
            values: vec![right],
            negated: *negated,
        }),
        _ => None,
    };
    let there = |value: &&Expr| matches!(&*value.kind, ExprKind::Missing);
    found.filter(|found| !found.values.iter().any(there))
}

impl Checker<'_> {
    /// The conditions that are joined by `and` or `or`, each checked. Of `a is 1 or 2` is said, once,
    /// that the second value is no condition, and what asks for both.
    pub(super) fn joined(&mut self, items: &[Expr], and: bool) -> Vec<(assize_ir::NodeId, Span)> {
        let mut nodes = Vec::new();
        let mut first: Option<Compared<'_>> = None;
        let mut told: Option<usize> = None; // the message that speaks of this comparison
        for item in items {
            let before = self.out.diagnostics.len();
            nodes.push((self.condition(item), item.span));
            self.learn(item, and);
            let value = self.out.diagnostics.get(before).is_some_and(|found| {
                found.code == codes::WRONG_TYPE && found.primary.at == self.decl.at(item.span)
            });
            match &mut first {
                Some(compared) if value => {
                    compared.values.push(item);
                    // A further value belongs to the message that is there.
                    if told.is_some() {
                        self.out.diagnostics.truncate(before);
                    }
                    let index = *told.get_or_insert(before);
                    let message = self.several(compared, item, and);
                    if let Some(found) = self.out.diagnostics.get_mut(index) {
                        message.onto(found);
                    }
                }
                _ => {
                    first = compared(item);
                    told = None;
                }
            }
        }
        nodes
    }

    /// What asks whether a value is one of several.
    fn several(&self, compared: &Compared<'_>, last: &Expr, and: bool) -> Several {
        let joint = if and { "and" } else { "or" };
        let subject = self.source_text(compared.subject.span);
        let values: Vec<String> = (compared.values.iter())
            .map(|value| self.source_text(value.span))
            .collect();
        // `a is not x or y` is meant by some as neither of both, by others as one of them.
        let clear = compared.negated == and;
        let word = if compared.negated { "not in" } else { "in" };
        let ours = format!("{subject} {word} [{}]", values.join(", "));
        let at = self.decl.at(Span {
            start: self.with_brackets(compared.item.span).start,
            end: self.end_with_brackets(last.span),
        });
        Several {
            because: format!(
                "`{joint}` joins conditions; which of several values it is, a list asks"
            ),
            fix: Fix::write(at, ours, Applicability::certain_if(clear)),
        }
    }

    /// The fix for a value of an enum between quotation marks.
    pub(super) fn written_value(&self, expr: &Expr, of: &Ty) -> Option<Fix> {
        let ExprKind::Text(pieces) = &*expr.kind else {
            return None;
        };
        let [TextPiece::Text(text)] = pieces.as_slice() else {
            return None;
        };
        let values = self.values_of_enum(of);
        let word = values
            .iter()
            .find(|value| value.to_lowercase() == text.to_lowercase())?;
        Some(Fix {
            title: format!("write the value without quotation marks: `{word}`"),
            edits: vec![(self.decl.at(expr.span), word.to_string())],
            applicability: Applicability::Certain,
        })
    }

    /// The literal text of an expression, without holes.
    fn literal_text<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        let ExprKind::Text(pieces) = &*expr.kind else {
            return None;
        };
        let [TextPiece::Text(text)] = pieces.as_slice() else {
            return None;
        };
        Some(text)
    }

    /// The fix for a number between quotation marks, where a plain one is wanted.
    pub(super) fn written_number(&self, expr: &Expr) -> Option<Fix> {
        let text = self.literal_text(expr)?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let number = [whole, fraction].iter().all(|part| {
            !part.is_empty() && part.len() <= 18 && part.bytes().all(|b| b.is_ascii_digit())
        });
        number.then(|| Fix {
            title: format!("write the number without quotation marks: `{text}`"),
            edits: vec![(self.decl.at(expr.span), text.to_string())],
            applicability: Applicability::Certain,
        })
    }

    /// A day written as a calculation or as one number: `12/31/2026`, `2026/12/31`, `20261231`. Of two
    /// figures that may both be the month none is taken.
    pub(super) fn day_in_figures(&self, expr: &Expr) -> Option<String> {
        let quoted = self.literal_text(expr);
        let text = quoted.map_or_else(|| self.source_text(expr.span), str::to_owned);
        let number = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            (digits && text.len() <= 4).then(|| text.parse::<u32>().ok())?
        };
        // With points the day stands first; outside of quotation marks the grammar tells it.
        let dotted = quoted.is_some() && text.contains('.');
        let sign = if dotted { '.' } else { '/' };
        let parts: Vec<&str> = text.split(sign).map(str::trim).collect();
        let (year, month, day) = match parts.as_slice() {
            [one] if one.len() == 8 => (
                number(one.get(..4)?)?,
                number(one.get(4..6)?)?,
                number(one.get(6..)?)?,
            ),
            [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
            [day, month, year] if dotted && year.len() == 4 => {
                (number(year)?, number(month)?, number(day)?)
            }
            [one, two, year] if year.len() == 4 => match (number(one)?, number(two)?) {
                (month, day) if month == day || day > 12 => (number(year)?, month, day),
                (day, month) if day > 12 => (number(year)?, month, day),
                _ => return None,
            },
            _ => return None,
        };
        let day = format!("{year:04}-{month:02}-{day:02}");
        assize_ir::date::parse(&day)?;
        Some(day)
    }

    /// What is wrong with a day between quotation marks that is in no calendar.
    pub(super) fn no_day(&self, expr: &Expr) -> Option<String> {
        let text = self.literal_text(expr)?;
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        (shape && assize_ir::date::parse(text).is_none())
            .then(|| format!("`{text}` is no day of the calendar"))
    }

    /// `IF(a > 1, 2, 3)`, `date(2026, 1, 31)`: the whole call as it is written here.
    pub(super) fn call_meant(&self, name: &str, args: &[Arg], span: Span) -> Option<Fix> {
        if args.iter().any(|arg| arg.name.is_some()) {
            return None;
        }
        let text = |arg: &Arg| self.source_text(arg.value.span);
        let ours = match (name.to_lowercase().as_str(), args) {
            ("if" | "iif" | "iff", [condition, yes, no]) => {
                let inner = match &*yes.value.kind {
                    ExprKind::If { .. } => format!("({})", text(yes)),
                    _ => text(yes),
                };
                let choice = format!("if {} then {inner} else {}", text(condition), text(no));
                match self.stands_alone(span) {
                    true => choice,
                    false => format!("({choice})"),
                }
            }
            ("date" | "datevalue", [day]) => self.literal_text(&day.value)?.to_string(),
            ("date", [year, month, day]) => {
                let two = |arg: &Arg| Some(format!("{:02}", text(arg).parse::<u8>().ok()?));
                format!("{}-{}-{}", text(year), two(month)?, two(day)?)
            }
            _ => return None,
        };
        if ours.contains('\n') || name.to_lowercase().starts_with("date") {
            assize_ir::date::parse(&ours)?;
        }
        Some(Fix::write(self.decl.at(span), ours, Applicability::Certain))
    }

    /// Nothing is calculated with the value of an expression where it stands.
    fn stands_alone(&self, span: Span) -> bool {
        let Some(whole) = crate::items::decl_text(self.db, self.decl.file, self.decl.key.clone())
        else {
            return false;
        };
        let whole = whole.text(self.db);
        let before = whole.get(..span.start as usize).unwrap_or_default();
        let before = before.trim_end_matches([' ', '\t']);
        let behind = whole.get(span.end as usize..).unwrap_or_default();
        let behind = behind.trim_start_matches([' ', '\t']);
        let begins = ["=", "give", "then", "else", "(", ",", "|", "\n"];
        let ends = [")", ",", "|", "\n", "\r", "//"];
        begins.iter().any(|word| before.ends_with(word))
            && (behind.is_empty() || ends.iter().any(|word| behind.starts_with(word)))
    }

    /// `list.length`, `name.length`, `day.year`: what is written for it, with the value's own name.
    pub(super) fn member_meant(&self, base: &Expr, ty: &Ty, name: &str) -> Option<String> {
        let text = self.source_text(base.span);
        match ty.plain() {
            Ty::List(..) => elsewhere::list_member(name, &text),
            Ty::Text | Ty::Code => elsewhere::text_member(name, &text),
            _ => None,
        }
    }

    /// `x.name()`, `x.trim()`: a call on a value in sight, which is no function of a module.
    pub(super) fn method(&mut self, callee: &Expr, args: &[Arg], span: Span) -> Option<Val> {
        let ExprKind::Field { base, name } = &*callee.kind else {
            return None;
        };
        let path = path_of(callee)?;
        let first = path.parts.first()?;
        if self.local(&first.text).is_none() {
            let file = self.decl.file;
            let value = !lookup(self.db, file, Space::Value, first.text.clone()).is_empty();
            if !value {
                return None;
            }
        }
        let val = self.expr(base, None);
        self.arguments_only(args);
        if val.ty.is_error() {
            return Some(self.broken(span));
        }
        let fields = match val.ty.plain() {
            Ty::Record(RecordRef::Declared(decl) | RecordRef::RowOf(decl)) | Ty::Row(decl) => {
                let known = signature(self.db, decl).kind.fields();
                known.iter().any(|field| field.name == name.text)
            }
            _ => false,
        };
        let text = self.source_text(base.span);
        let function = !lookup(self.db, self.decl.file, Space::Function, name.text.clone())
            .is_empty()
            || super::builtin::NAMES.contains(&&*name.text);
        let member = self.member_meant(base, &val.ty, &name.text);
        let at = self.decl.at(Span {
            start: callee.span.end,
            end: span.end,
        });
        let whole = self.decl.at(span);
        let arguments: Vec<String> = args
            .iter()
            .map(|arg| self.source_text(arg.value.span))
            .collect();
        let error = self.error(
            codes::UNKNOWN_FUNCTION,
            callee.span,
            format!("`{}` is no function", path.text()),
        );
        error
            .because
            .push("a value has fields, and no functions of its own".into());
        if fields && args.is_empty() {
            error.instead = Some(format!("leave the brackets out: `{}`", path.text()));
            error.fixes.push(Fix {
                title: "remove the brackets".into(),
                edits: vec![(at, String::new())],
                applicability: Applicability::Certain,
            });
        } else if function {
            let mut all = vec![text];
            all.extend(arguments);
            let ours = format!("{}({})", name.text, all.join(", "));
            error.instead = Some(format!("write `{ours}`"));
            error
                .fixes
                .push(Fix::write(whole, ours, Applicability::Choice));
        } else {
            error.instead = Some(
                member
                    .or_else(|| elsewhere::function_meant(&name.text).map(str::to_string))
                    .unwrap_or_else(|| {
                        format!("declare a function and call it: `{}({text})`", name.text)
                    }),
            );
        }
        Some(self.broken(span))
    }

    /// `list[0]`, `list[-1]`, `name[0]`: what is meant by a position.
    pub(super) fn position_meant(&self, base: &Expr, ty: &Ty, keys: &[Expr]) -> Option<String> {
        let text = self.source_text(base.span);
        let [key] = keys else {
            return None;
        };
        let key = self.source_text(key.span);
        match ty.plain() {
            Ty::List(..) => Some(match key.replace(' ', "").as_str() {
                "0" | "1" => format!("write `first of {text}`"),
                "-1" => format!("write `first of x in {text} by KEY descending`"),
                _ => format!("search the list: `first of x in {text} where …`"),
            }),
            Ty::Text | Ty::Code => Some("ask how it begins: `starts_with(text, \"A\")`, or let the data say the part as a field of its own".into()),
            Ty::Record(_) | Ty::Row(_) => Some(format!(
                "take a field by its name: `{text}.{}`",
                key.trim_matches('"')
            )),
            _ => None,
        }
    }

    /// Adds to what is said of a cell what its words mean elsewhere: `else`, `any`, `up to 5`.
    pub(super) fn cell_meant(&mut self, kind: &TestKind, span: Span, before: usize) {
        let word = match kind {
            TestKind::Value(value) => value,
            TestKind::Range { low, .. } => low,
            TestKind::Compare(..) => return,
        };
        let ExprKind::Name(name) = &*word.kind else {
            return;
        };
        let upper = match kind {
            TestKind::Range { high, .. } => Some(self.source_text(high.span)),
            _ => None,
        };
        let meant = match upper {
            Some(high) if &*name.text == "up" => Some(elsewhere::CellMeant {
                because: "a cell is written in signs: `< 5`, `<= 5`, `> 5`, `>= 5`, `5 to 9`",
                instead: format!("write `<= {high}`"),
                text: format!("<= {high}"),
                certain: true,
            }),
            Some(_) => None,
            None => elsewhere::cell_meant(&name.text),
        };
        let (at, place) = (self.decl.at(span), self.decl.at(word.span));
        let Some(meant) = meant else { return };
        // The words may be values of the column; then nothing was said of them.
        let found = self
            .out
            .diagnostics
            .iter_mut()
            .skip(before)
            .find(|found| found.code == codes::UNKNOWN_NAME && found.primary.at == place);
        if let Some(found) = found {
            found.because = vec![meant.because.into()];
            found.instead = Some(meant.instead);
            found.fixes = vec![Fix::write(
                at,
                meant.text,
                Applicability::certain_if(meant.certain),
            )];
        }
    }
}

/// The way out of a comparison with several values.
struct Several {
    because: String,
    fix: Fix,
}

impl Several {
    fn onto(self, found: &mut Diagnostic) {
        found.because = vec![self.because];
        found.instead = Some(self.fix.title.clone());
        found.fixes = vec![self.fix];
    }
}
