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
    /// Where the value of the comparison begins.
    from: u32,
    /// `!=`, `is not`
    negated: bool,
}

fn compared(item: &Expr) -> Option<Compared<'_>> {
    match &*item.kind {
        // `a is not missing and b` asks first whether there is something: `b` is no further value of it.
        ExprKind::Compare { right, .. } | ExprKind::Is { right, .. }
            if matches!(&*right.kind, ExprKind::Missing) =>
        {
            None
        }
        ExprKind::Compare {
            op: op @ (CompareOp::Equal | CompareOp::NotEqual),
            left,
            right,
            ..
        } => Some(Compared {
            subject: left,
            from: right.span.start,
            negated: *op == CompareOp::NotEqual,
        }),
        ExprKind::Is {
            negated,
            left,
            right,
        } => Some(Compared {
            subject: left,
            from: right.span.start,
            negated: *negated,
        }),
        _ => None,
    }
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
            match &first {
                Some(compared) if value => {
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
        let joint = if and { " and " } else { " or " };
        let values = Span {
            start: compared.from,
            end: last.span.end,
        };
        let subject = self.source_text(compared.subject.span);
        let values = self.source_text(values).replace(joint, ", ");
        // `a is not x or y` is meant by some as neither of both, by others as one of them.
        let clear = compared.negated == and;
        let word = if compared.negated { "not in" } else { "in" };
        let ours = format!("{subject} {word} [{values}]");
        let at = self.decl.at(Span {
            start: compared.subject.span.start,
            end: last.span.end,
        });
        Several {
            because: format!(
                "`{}` joins conditions; which of several values it is, a list asks",
                joint.trim()
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
