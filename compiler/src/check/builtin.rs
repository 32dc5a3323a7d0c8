//! Built-in functions.

use assize_ir::{Builtin, NumFacts, Op, Places};

use super::access::count;
use super::{Checker, Val};
use crate::ast::{Arg, Name, Span};
use crate::codes;
use crate::ty::{Dim, Ty};

/// Names of the built-in functions.
pub const NAMES: [&str; 8] = [
    "absolute",
    "add_working_days",
    "working_days_between",
    "start_of_month",
    "end_of_month",
    "weekday",
    "length",
    "starts_with",
];

impl Checker<'_> {
    /// A call of a built-in function; `None`: there is none with this name.
    pub(crate) fn builtin(&mut self, name: &Name, args: &[Arg], span: Span) -> Option<Val> {
        if !NAMES.contains(&&*name.text) {
            return None;
        }
        self.note_use(name.span, super::Target::Builtin(name.text.clone()));
        let calendars = Ty::List(Box::new(Ty::Calendar), None);
        let (params, builtin, result): (Vec<(&str, Ty)>, Option<Builtin>, Ty) = match &*name.text {
            "add_working_days" => (
                vec![("date", Ty::Date), ("n", Ty::Int), ("calendars", calendars)],
                Some(Builtin::AddWorkingDays),
                Ty::Date,
            ),
            "working_days_between" => (
                vec![
                    ("from", Ty::Date),
                    ("to", Ty::Date),
                    ("calendars", calendars),
                ],
                Some(Builtin::WorkingDaysBetween),
                Ty::Int,
            ),
            "start_of_month" => (
                vec![("date", Ty::Date)],
                Some(Builtin::StartOfMonth),
                Ty::Date,
            ),
            "end_of_month" => (
                vec![("date", Ty::Date)],
                Some(Builtin::EndOfMonth),
                Ty::Date,
            ),
            "weekday" => (vec![("date", Ty::Date)], Some(Builtin::Weekday), Ty::Int),
            "length" => (vec![("text", Ty::Text)], Some(Builtin::Length), Ty::Int),
            "starts_with" => (
                vec![("text", Ty::Text), ("start", Ty::Text)],
                Some(Builtin::StartsWith),
                Ty::Bool,
            ),
            _ => (vec![("x", Ty::number())], None, Ty::number()),
        };
        if params.len() != args.len() {
            let names: Vec<&str> = params.iter().map(|(name, _)| *name).collect();
            let claim = format!(
                "`{}` takes {}, and gets {}",
                name.text,
                count(params.len(), "argument"),
                args.len()
            );
            self.error(codes::ARGUMENT_COUNT, span, claim).instead =
                Some(format!("it takes ({})", names.join(", ")));
            self.arguments_only(args);
            return Some(self.broken(span));
        }
        let Some(builtin) = builtin else {
            return Some(self.absolute(args, span));
        };
        let mut nodes = Vec::new();
        for ((param, ty), arg) in params.iter().zip(args) {
            let what = format!("`{param}` of `{}`", name.text);
            let text_like = *ty == Ty::Text;
            // `length` and `starts_with` read codes as texts too.
            let val = self.expr(&arg.value, Some(ty));
            let val = if text_like && val.ty == Ty::Code {
                let part = assize_ir::TextPart::Hole(val.node);
                self.val(Op::Text(vec![part]), Ty::Text, arg.value.span)
            } else {
                self.coerce(val, ty, &what, &arg.value)
            };
            nodes.push(val.node);
        }
        Some(self.val(Op::Builtin(builtin, nodes), result, span))
    }

    fn absolute(&mut self, args: &[Arg], span: Span) -> Val {
        let Some(arg) = args.first() else {
            return self.broken(span);
        };
        let val = self.expr(&arg.value, None);
        match &val.ty {
            Ty::Int => self.val(Op::Absolute(val.node), Ty::Int, span),
            Ty::Num(dim, facts) => {
                let ty = Ty::Num(dim.clone(), facts.absolute());
                self.val(Op::Absolute(val.node), ty, span)
            }
            Ty::Error => self.broken(span),
            other => {
                let wanted = Ty::Num(
                    Dim::PLAIN,
                    NumFacts {
                        places: Places::FromData,
                        ..NumFacts::UNKNOWN
                    },
                );
                let other = other.clone();
                if other.is_optional() {
                    self.coerce(val, &wanted, "`x` of `absolute`", &arg.value);
                } else {
                    self.wrong_type(&other, &wanted, "`x` of `absolute`", &arg.value);
                }
                self.broken(span)
            }
        }
    }
}
