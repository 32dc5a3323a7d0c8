//! `assize run --compare`: an answer beside that of before. Which digests differ, which fields, and what gave each of
//! them now.

use std::fmt::Write as _;

use assize_eval::format::HIDDEN;
use assize_eval::json::{Json, parse, write_text};
use assize_eval::trace::Trace;
use assize_eval::trace::shorten::cut;
use assize_ir::{Program, Type};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::field;
use super::roundings::Rounded;

/// Most differences that are kept of an answer; the others are counted.
pub const MAX_DIFFERENCES: usize = 100;
/// Most differences of an answer that people are shown, and of which it is said what gave them.
pub const MAX_TOLD: usize = 20;
/// Most lines about what gave a field: what is nearest stands first.
const MAX_BECAUSE: usize = 4;
/// Most characters of a value that people are shown.
const MAX_VALUE_CHARS: usize = 60;
/// What a receipt has digests of, besides the output.
const DIGESTS: [&str; 3] = ["rules", "data", "input"];

/// A digest of the receipt that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Digest {
    of: &'static str,
    was: String,
    is: String,
}

/// A place of the answer where both say something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// As `assize explain --why-not` takes it, `lines[1].vat`; of an error `error.code`.
    pub path: String,
    /// What stood there, as JSON; `None`: nothing.
    was: Option<String>,
    /// What stands there.
    is: Option<String>,
    /// Nobody is shown the values.
    hidden: bool,
    /// The number that it was and is, held: a percent as its fraction.
    pub numbers: Option<(Decimal, Decimal)>,
    /// What gave it.
    pub because: Vec<String>,
}

/// Two answers, compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    digests: Vec<Digest>,
    /// The first differences, in the order of the answer.
    pub differences: Vec<Difference>,
    /// How many more there are.
    more: usize,
}

/// Compares the text of an answer with what was answered before. An error says why the latter is no answer.
pub fn compare(
    program: &Program,
    decision: &str,
    was: &[u8],
    is: &str,
) -> Result<Compared, String> {
    let was = parse(was, "")
        .map_err(|error| format!("it is no JSON: {error}"))?
        .value;
    let is = parse(is.as_bytes(), "")
        .map_err(|error| error.to_string())?
        .value;
    let mut compared = Compared::default();
    let receipts = was.get("receipt").zip(is.get("receipt"));
    for of in DIGESTS {
        let both = receipts.and_then(|(was, is)| Some((text(was.get(of)?)?, text(is.get(of)?)?)));
        if let Some((was, is)) = both
            && was != is
        {
            let (was, is) = (was.to_owned(), is.to_owned());
            compared.digests.push(Digest { of, was, is });
        }
    }
    let callable = program.decision(decision).map(|it| it.callable);
    let mut walk = Walk {
        program,
        out: &mut compared,
    };
    match (result(&was), result(&is)) {
        (None, _) => return Err("it has neither `output` nor `error`".to_owned()),
        (Some(("output", was)), Some(("output", is))) => {
            let hidden = callable.is_some_and(|id| program.hidden.result(id));
            let ty = callable.and_then(|id| program.callable(id));
            walk.both(
                was,
                is,
                (ty.map(|it| &it.result), hidden),
                &mut String::new(),
            );
        }
        (Some((name, was)), Some((now, is))) if name == now => {
            walk.both(was, is, (None, false), &mut "error".to_owned());
        }
        (Some((name, was)), now) => {
            // What the one has and the other lacks: an output has too many values to be shown for one.
            let shown = |(name, value): (&str, &Json<'_>)| match name {
                "error" => compact(value.get("code").unwrap_or(value)),
                _ => "an output".to_owned(),
            };
            compared.differences.push(Difference {
                path: String::new(),
                was: Some(shown((name, was))),
                is: now.map(shown),
                hidden: false,
                numbers: None,
                because: Vec::new(),
            });
        }
    }
    Ok(compared)
}

/// That there was no answer before.
pub fn nothing_before() -> Compared {
    Compared {
        differences: vec![Difference {
            path: String::new(),
            was: None,
            is: Some("an answer".to_owned()),
            hidden: false,
            numbers: None,
            because: Vec::new(),
        }],
        ..Compared::default()
    }
}

fn result<'j, 'a>(answer: &'j Json<'a>) -> Option<(&'static str, &'j Json<'a>)> {
    let member = |name: &'static str| answer.get(name).map(|it| (name, it));
    member("output").or_else(|| member("error"))
}

fn text<'j>(json: &'j Json<'_>) -> Option<&'j str> {
    match json {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// Goes through both answers at once.
struct Walk<'p, 'o> {
    program: &'p Program,
    out: &'o mut Compared,
}

impl<'p> Walk<'p, '_> {
    /// Compares what stands at a path. The reader of JSON bounds the nesting.
    fn both(
        &mut self,
        was: &Json<'_>,
        is: &Json<'_>,
        (ty, hidden): (Option<&Type>, bool),
        path: &mut String,
    ) {
        let length = path.len();
        match (was, is) {
            (Json::Object(before), Json::Object(now)) => {
                let gone = before.iter().filter(|(name, _)| is.get(name).is_none());
                for (name, _) in now.iter().chain(gone) {
                    let (below, sensitive) = self.field(ty, name);
                    write_name(name, path);
                    self.one(
                        was.get(name),
                        is.get(name),
                        (below, hidden || sensitive),
                        path,
                    );
                    path.truncate(length);
                }
            }
            (Json::List(before), Json::List(now)) => {
                let item = match ty.map(Type::plain) {
                    Some(Type::List { item, .. }) => Some(&**item),
                    _ => None,
                };
                for at in 0..before.len().max(now.len()) {
                    let _ = write!(path, "[{at}]");
                    self.one(before.get(at), now.get(at), (item, hidden), path);
                    path.truncate(length);
                }
            }
            _ => {
                let numbers = numbers(was, is, ty);
                let same = match numbers {
                    Some((was, is)) => was == is,
                    None => was == is,
                };
                if !same {
                    self.differs(Some(was), Some(is), (numbers, hidden), path);
                }
            }
        }
    }

    fn one(
        &mut self,
        was: Option<&Json<'_>>,
        is: Option<&Json<'_>>,
        of: (Option<&Type>, bool),
        path: &mut String,
    ) {
        match (was, is) {
            (Some(was), Some(is)) => self.both(was, is, of, path),
            // A field that may be left out was written as `null` or not at all.
            (Some(Json::Null), None) | (None, Some(Json::Null)) => {}
            _ => self.differs(was, is, (None, of.1), path),
        }
    }

    /// The type of a field, and whether nobody is shown its values.
    fn field(&self, ty: Option<&Type>, name: &str) -> (Option<&'p Type>, bool) {
        let Some(Type::Record(id)) = ty.map(Type::plain) else {
            return (None, false);
        };
        let program = self.program;
        let fields = program.record(*id).map(|it| it.fields.as_slice());
        let found = fields.into_iter().flatten().find(|it| it.name == name);
        found.map_or((None, false), |it| (Some(&it.ty), it.sensitive))
    }

    fn differs(
        &mut self,
        was: Option<&Json<'_>>,
        is: Option<&Json<'_>>,
        (numbers, hidden): (Option<(Decimal, Decimal)>, bool),
        path: &str,
    ) {
        if self.out.differences.len() == MAX_DIFFERENCES {
            self.out.more += 1;
            return;
        }
        self.out.differences.push(Difference {
            path: path.to_owned(),
            was: was.map(compact),
            is: is.map(compact),
            hidden,
            numbers,
            because: Vec::new(),
        });
    }
}

/// Both as numbers of a type: written as texts or as numbers, with whatever places.
fn numbers(was: &Json<'_>, is: &Json<'_>, ty: Option<&Type>) -> Option<(Decimal, Decimal)> {
    let percent = match ty.map(Type::plain)? {
        Type::Num(num) => num.percent,
        Type::Int => false,
        _ => return None,
    };
    let read = |json: &Json<'_>| -> Option<Decimal> {
        let written = match json {
            Json::Text(text) => text,
            Json::Number(digits) => *digits,
            _ => return None,
        };
        let value = Decimal::from_str_exact(written)
            .or_else(|_| Decimal::from_scientific(written))
            .ok()?;
        if percent {
            value.checked_div(Decimal::ONE_HUNDRED)
        } else {
            Some(value)
        }
    };
    Some((read(was)?, read(is)?))
}

fn write_name(name: &str, path: &mut String) {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !plain || name.is_empty() {
        path.push('[');
        write_text(name, path);
        path.push(']');
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// One line of JSON.
fn compact(json: &Json<'_>) -> String {
    let mut out = String::new();
    write_compact(json, &mut out);
    out
}

fn write_compact(json: &Json<'_>, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(&value.to_string()),
        Json::Number(digits) => out.push_str(digits),
        Json::Text(text) => write_text(text, out),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write_compact(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write_text(name, out);
                out.push(':');
                write_compact(value, out);
            }
            out.push('}');
        }
    }
}

impl Difference {
    /// What gave the value that it has now: by the trace what decided, and by the roundings the one that gave it, if
    /// another mode would have given what it was.
    pub fn explain(
        &mut self,
        program: &Program,
        decision: &str,
        trace: &Trace,
        roundings: &[Rounded],
    ) {
        let (Some(was), Some(_), false) = (&self.was, &self.is, self.hidden) else {
            return;
        };
        if let Some(numbers) = self.numbers {
            self.because.extend(Rounded::telling(roundings, numbers));
        }
        let path = match self.path.as_str() {
            "" => decision,
            path => path,
        };
        let asked = field::Asked::new(program, decision, &format!("{path}={was}"));
        if let Some(Ok(asked)) = asked {
            // The first line says what it is and was, and that nothing says the other value needs no telling.
            let told = asked.answer(program, trace).into_iter().skip(1);
            let told = told.filter(|line| !line.trim_start().starts_with(field::NONE_SAYS));
            self.because
                .extend(told.map(|line| line.trim_start().to_owned()));
        }
        let more = self.because.len().saturating_sub(MAX_BECAUSE);
        if more > 0 {
            self.because.truncate(MAX_BECAUSE);
            let all = format!("`assize explain --why-not {path}` tells them");
            self.because.push(format!("… {more} more ({all})"));
        }
    }

    fn shown(&self, value: Option<&String>) -> String {
        match value {
            None => "nothing".to_owned(),
            Some(_) if self.hidden => HIDDEN.to_owned(),
            Some(value) => cut(value, MAX_VALUE_CHARS),
        }
    }
}

impl Compared {
    /// Whether both answers say the same.
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    /// For people, one line each; `name` is the file with the answer of before.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let count = self.differences.len().saturating_add(self.more);
        let fields = if count == 1 { "place" } else { "places" };
        let mut out = vec![match count {
            0 => format!("the same answer as in {name}"),
            _ => format!("differs from {name} in {count} {fields}"),
        }];
        for it in &self.digests {
            out.push(format!("  {}: was {}, is {}", it.of, it.was, it.is));
        }
        for it in self.differences.iter().take(MAX_TOLD) {
            let (was, is) = (it.shown(it.was.as_ref()), it.shown(it.is.as_ref()));
            let path = match it.path.as_str() {
                "" => "the answer",
                path => path,
            };
            out.push(format!("  {path}: was {was}, is {is}"));
            out.extend(it.because.iter().map(|line| format!("    {line}")));
        }
        let more = count.saturating_sub(MAX_TOLD);
        if more > 0 {
            out.push(format!(
                "  … {more} more (--format json tells {MAX_DIFFERENCES})"
            ));
        }
        out
    }

    /// For machines.
    pub fn document(&self) -> Value {
        let digests: Vec<Value> = self
            .digests
            .iter()
            .map(|it| json!({"of": it.of, "was": it.was, "is": it.is}))
            .collect();
        let differences: Vec<Value> = self
            .differences
            .iter()
            .map(|it| {
                // As text: it may be any JSON, of which each digit counts.
                let shown = |value: &Option<String>| match value {
                    Some(_) if it.hidden => Some(HIDDEN.to_owned()),
                    value => value.clone(),
                };
                json!({
                    "path": it.path,
                    "was": shown(&it.was),
                    "is": shown(&it.is),
                    "because": it.because,
                })
            })
            .collect();
        json!({"digests": digests, "differences": differences, "more": self.more})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decision that gives a record with a number, a percent, a text, a list and a sensitive field.
    fn program() -> Program {
        let text = "package \"small\" \"1.0.0\"\n\
             record small.Out { field amount: number(2 places) field rate: number(percent, 4 places) \
             field name: text field parts: list of int field income: int sensitive }\n\
             define small.same (%of: small.Out) gives small.Out { %of }\n\
             decision \"same\" = small.same { }\n\
             file \"small\" \"small.assize\" \"\"\nplace 0 0..0 1:1\n";
        assize_ir::parse_and_verify(text).unwrap().into_program()
    }

    fn told(was: &str, is: &str) -> Vec<String> {
        compare(&program(), "same", was.as_bytes(), is)
            .unwrap()
            .lines("old.json")
    }

    #[test]
    fn every_field_that_differs_is_told_with_its_path() {
        let was =
            r#"{"output":{"amount":"1.50","rate":5,"name":"1.0","parts":[1,2,3],"income":7}}"#;
        let is = r#"{"output":{"amount":1.51,"rate":"5.00","name":"1","parts":[1,9],"income":8}}"#;
        assert_eq!(
            told(was, is),
            [
                "differs from old.json in 5 places",
                "  amount: was \"1.50\", is 1.51",
                "  name: was \"1.0\", is \"1\"",
                "  parts[1]: was 2, is 9",
                "  parts[2]: was 3, is nothing",
                "  income: was ***, is ***",
            ]
        );
    }

    #[test]
    fn how_a_number_is_written_is_no_difference() {
        let was = r#"{"output":{"amount":"1.5","rate":"5.0000","parts":[1e1]}}"#;
        let is = r#"{"output":{"amount":1.50,"rate":5,"parts":[10],"name":null}}"#;
        assert_eq!(told(was, is), ["the same answer as in old.json"]);
    }

    #[test]
    fn errors_and_digests_are_compared() {
        let was = r#"{"error":{"code":"overflow","values":[]},"receipt":{"rules":"b3:a","data":"b3:b","input":"b3:c"}}"#;
        let is = r#"{"error":{"code":"stopped","values":[]},"receipt":{"rules":"b3:x","data":"b3:b","input":"b3:c"}}"#;
        assert_eq!(
            told(was, is),
            [
                "differs from old.json in 1 place",
                "  rules: was b3:a, is b3:x",
                "  error.code: was \"overflow\", is \"stopped\"",
            ]
        );
        let decided = r#"{"output":{"amount":"1.50"}}"#;
        assert_eq!(
            told(was, decided).last().unwrap(),
            "  the answer: was \"overflow\", is an output"
        );
    }

    #[test]
    fn as_many_differences_are_kept_as_the_limit_says() {
        let list = |count: usize, of: &str| {
            format!(
                r#"{{"output":{{"parts":[{}]}}}}"#,
                vec![of; count].join(",")
            )
        };
        let of = |count: usize| {
            compare(
                &program(),
                "same",
                list(count, "1").as_bytes(),
                &list(count, "2"),
            )
            .unwrap()
        };
        let (at, past) = (of(MAX_DIFFERENCES), of(MAX_DIFFERENCES + 1));
        assert_eq!((at.differences.len(), at.more), (MAX_DIFFERENCES, 0));
        assert_eq!((past.differences.len(), past.more), (MAX_DIFFERENCES, 1));
        let lines = past.lines("old.json");
        assert_eq!(lines.len(), MAX_TOLD + 2);
        assert_eq!(
            lines.last().unwrap(),
            "  … 81 more (--format json tells 100)"
        );
        assert_eq!(of(MAX_TOLD).lines("old.json").len(), MAX_TOLD + 1);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (text, why) in [
            ("{", "it is no JSON: "),
            ("{}", "it has neither `output` nor `error`"),
            ("[1]", "it has neither `output` nor `error`"),
        ] {
            let found = compare(&program(), "same", text.as_bytes(), r#"{"output":1}"#);
            assert!(
                found.as_ref().is_err_and(|it| it.starts_with(why)),
                "{found:?}"
            );
        }
    }
}
