//! Rules with exceptions against all their cases.

use std::collections::BTreeSet;

use assize_compiler::Severity;
use assize_eval::Value;
use assize_eval::failure::ErrorCode;

use crate::kinds::{Column, DECLARATIONS, Kind, Known, points, sides};
use crate::{Checked, Numbers, Seen};

/// A rule with a function for the conditions of each exception.
struct Made {
    text: String,
    columns: Vec<Column>,
    exceptions: Vec<Exception>,
    agree: bool,
    default: bool,
    /// Whether something calls a function, counts, or compares two values.
    whole: bool,
}

struct Exception {
    line: usize,
    over: Vec<usize>,
    gives: String,
}

/// What conditions may speak of.
struct Speaker<'n> {
    numbers: &'n mut Numbers,
    columns: Vec<Column>,
    whole: bool,
}

impl Speaker<'_> {
    /// A condition without `and` and `or` of a value that is there.
    fn of_value(&mut self, at: usize) -> String {
        let column = self.columns[at].clone();
        let name = &column.name;
        let numbers = &mut *self.numbers;
        if column.kind == Kind::Bool && numbers.chance(60) {
            return name.clone();
        }
        let like = |other: &&Column| {
            other.kind == column.kind && !other.optional && other.name != column.name
        };
        let other = self.columns.iter().find(like).map(|it| it.name.clone());
        let value = match other.filter(|_| numbers.chance(40)) {
            Some(other) => {
                self.whole = true;
                other
            }
            None => column.constant(numbers),
        };
        if column.kind == Kind::Int && numbers.chance(8) {
            self.whole = true;
            return format!("{name} is big");
        }
        match numbers.below(if column.is_ordered() { 7 } else { 3 }) {
            0 => format!("{name} = {value}"),
            1 => format!("{name} != {value}"),
            2 => {
                let not = numbers.pick(&["", "not "]);
                format!("{name} {not}in [{}, {value}]", column.constant(numbers))
            }
            3 => match column.two(numbers) {
                Some((a, b)) => format!("{name} between {a} and {b}"),
                None => format!("{name} >= {value}"),
            },
            _ => format!("{name} {} {value}", numbers.pick(&["<", "<=", ">", ">="])),
        }
    }

    fn simple(&mut self) -> String {
        let at = self.numbers.below(self.columns.len());
        if !self.columns[at].optional {
            return self.of_value(at);
        }
        let name = self.columns[at].name.clone();
        match self.numbers.below(5) {
            0 => format!("{name} is missing"),
            1 => format!("{name} is not missing"),
            2 | 3 => format!("{name} is not missing and {}", self.of_value(at)),
            _ => format!("{name} is missing or {}", self.of_value(at)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        match self.numbers.below(if depth == 0 { 4 } else { 9 }) {
            0..=3 => format!("({})", self.simple()),
            4 => format!(
                "({} and {})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
            5 => format!(
                "({} or {})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
            6 => format!("not {}", self.condition(depth - 1)),
            7 => {
                let how = self.numbers.pick(&["all of", "any of", "none of"]);
                format!(
                    "{how} [{}, {}]",
                    self.condition(depth - 1),
                    self.condition(depth - 1)
                )
            }
            _ => {
                self.whole = true;
                format!(
                    "at least 2 of [{}, {}, {}]",
                    self.condition(0),
                    self.condition(0),
                    self.condition(0)
                )
            }
        }
    }
}

fn made(numbers: &mut Numbers) -> Made {
    let mut columns: Vec<Column> = Vec::new();
    for at in 0..2 + numbers.below(2) {
        let day = !columns.iter().any(|column| column.kind == Kind::Day);
        let mut column = Column::random(numbers, at, day);
        // Codes of two columns are other ones; of days one is enough.
        if column.kind == Kind::Code && columns.iter().any(|it| it.kind == Kind::Code) {
            column.kind = Kind::Color;
        }
        columns.push(column);
    }
    if numbers.chance(25) {
        let mut like = columns[0].clone();
        if !matches!(like.kind, Kind::Day | Kind::Code) && columns.len() < 3 {
            like.name = "k".into();
            like.optional = false;
            columns.push(like);
        }
    }
    let params: Vec<String> = columns
        .iter()
        .map(|column| format!("{}: {}", column.name, column.ty()))
        .collect();
    let params = params.join(", ");
    let day = columns
        .iter()
        .find(|column| column.kind == Kind::Day && !column.optional)
        .map(|column| column.name.clone());
    let agree = numbers.chance(25);
    let default = numbers.chance(50);
    let mut speaker = Speaker {
        numbers,
        columns: columns.clone(),
        whole: false,
    };
    let mut text = format!(
        "{DECLARATIONS}\ndefine big (n: int) gives bool\n    n > 2\n\nrule main ({params}) gives int\n"
    );
    if let Some(day) = &day {
        text.push_str(&format!("    as of {day}\n"));
    }
    if agree {
        text.push_str("    exceptions may agree\n");
    }
    if default {
        text.push_str("    default 0\n");
    }
    let mut exceptions: Vec<Exception> = Vec::new();
    let mut defines = String::new();
    for at in 0..2 + speaker.numbers.below(3) {
        let line = text.matches('\n').count() + 1;
        // Precedence goes up: there is no circle.
        let over: Vec<usize> = (0..at).filter(|_| speaker.numbers.chance(25)).collect();
        let named: Vec<String> = over.iter().map(|it| format!("e{it}")).collect();
        let overrides = match named.is_empty() {
            true => String::new(),
            false => format!(" overrides {}", named.join(", ")),
        };
        text.push_str(&format!("    exception e{at}{overrides}\n"));
        let mut all = Vec::new();
        if let Some(day) = day.as_ref().filter(|_| speaker.numbers.chance(50)) {
            let (a, b) = (2 + speaker.numbers.below(5), 2 + speaker.numbers.below(5));
            let (a, b) = (
                format!("2026-01-0{}", a.min(b)),
                format!("2026-01-0{}", a.max(b)),
            );
            let (valid, asked) = match speaker.numbers.below(3) {
                0 => (
                    format!("{a} to {b}"),
                    format!("{day} >= {a} and {day} <= {b}"),
                ),
                1 => (format!("from {a}"), format!("{day} >= {a}")),
                _ => (format!("to {b}"), format!("{day} <= {b}")),
            };
            text.push_str(&format!("        valid {valid}\n"));
            all.push(asked);
        }
        if speaker.numbers.chance(75) || all.is_empty() {
            let when = speaker.condition(2);
            text.push_str(&format!("        when {when}\n"));
            all.push(when);
        }
        if speaker.numbers.chance(20) {
            let unless = speaker.condition(1);
            text.push_str(&format!("        unless {unless}\n"));
            all.push(format!("not ({unless})"));
        }
        let gives = match columns[0].kind {
            Kind::Int if !columns[0].optional && speaker.numbers.chance(30) => "c0".to_string(),
            _ => speaker.numbers.below(2).to_string(),
        };
        text.push_str(&format!("        then {gives}\n"));
        let all: Vec<String> = all.iter().map(|part| format!("({part})")).collect();
        let all = all.join(" and ");
        defines.push_str(&format!(
            "\ndefine applies{at} ({params}) gives bool\n    {all}\n"
        ));
        exceptions.push(Exception { line, over, gives });
    }
    let whole = speaker.whole;
    Made {
        text: format!("{text}{defines}"),
        columns,
        exceptions,
        agree,
        default,
        whole,
    }
}

/// A point with the exceptions that apply.
struct Point {
    known: Vec<Known>,
    applies: BTreeSet<usize>,
}

impl Made {
    /// The exceptions that apply and are overridden by none that does.
    fn left(&self, point: &Point) -> BTreeSet<usize> {
        let over = |at: &usize| {
            let mut others = point.applies.iter();
            others.any(|other| self.exceptions[*other].over.contains(at))
        };
        point
            .applies
            .iter()
            .copied()
            .filter(|at| !over(at))
            .collect()
    }

    /// What an exception gives at a point.
    fn gives(&self, at: usize, point: &Point) -> String {
        match self.exceptions[at].gives.as_str() {
            "c0" => point.known[0].text.clone(),
            number => number.to_string(),
        }
    }

    /// Two exceptions that clash there.
    fn clash(&self, point: &Point, a: usize, b: usize) -> bool {
        let left = self.left(point);
        left.contains(&a)
            && left.contains(&b)
            && (!self.agree || self.gives(a, point) != self.gives(b, point))
    }
}

fn words(point: &[Known]) -> String {
    let words: Vec<&str> = point.iter().map(|known| known.text.as_str()).collect();
    words.join(" ")
}

/// Makes a rule and compares; gives its text and what is wrong.
pub fn compare(numbers: &mut Numbers, seen: &mut Seen) -> (String, Option<String>) {
    let made = made(numbers);
    let show = std::env::var_os("ASSIZE_SHOW").is_some();
    if show {
        eprintln!("----\n{}", made.text);
    }
    let Some(checked) = Checked::of(&made.text) else {
        return (made.text, None);
    };
    if show {
        eprintln!("{}", checked.said());
    }
    seen.compared += 1;
    seen.with_findings += u64::from(!checked.found.is_empty());
    let unsure = |found: &assize_compiler::Diagnostic| {
        found.code.0 == "A0414" || found.code.0 == "A0508" && found.claim.contains(" may ")
    };
    seen.unsure += u64::from(checked.found.iter().any(unsure));
    let mut all = Vec::new();
    for known in points(&made.columns) {
        let mut applies = BTreeSet::new();
        for at in 0..made.exceptions.len() {
            match checked.run(&format!("applies{at}"), &known) {
                Ok(Value::Bool(true)) => drop(applies.insert(at)),
                Ok(_) => {}
                Err(failure) => return (made.text, Some(format!("{failure:?}"))),
            }
        }
        all.push(Point { known, applies });
    }
    let fault = conflicts(&made, &checked, &all)
        .or_else(|| never(&made, &checked, &all))
        .or_else(|| open(&made, &checked, &all));
    let fault = fault.map(|fault| format!("{fault}\n{}", checked.said()));
    (made.text, fault)
}

fn conflicts(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    let mut said: BTreeSet<(usize, usize)> = BTreeSet::new();
    for found in checked.of_code("A0508") {
        if found.counts_rest {
            return None;
        }
        let labels = std::iter::once(&found.primary).chain(&found.related);
        let lines: BTreeSet<usize> = labels.map(|label| checked.line(&label.at)).collect();
        let named: Vec<usize> = (0..made.exceptions.len())
            .filter(|at| lines.contains(&made.exceptions[*at].line))
            .collect();
        let pairs = named
            .iter()
            .flat_map(|a| named.iter().map(move |b| (*a, *b)));
        let pairs: Vec<(usize, usize)> = pairs.filter(|(a, b)| a < b).collect();
        if found.severity != Severity::Error {
            // That two expressions always agree is not always seen, nor what a whole condition is.
            if !made.whole
                && (!made.agree
                    || pairs.iter().all(|(a, b)| {
                        let constant = |at: &usize| made.exceptions[*at].gives != "c0";
                        constant(a) && constant(b)
                    }))
            {
                return Some(format!("unsure without a reason: {}", found.claim));
            }
            said.extend(pairs);
            continue;
        }
        let inputs = &found.witness.as_ref()?.inputs;
        // A case says only the columns that matter.
        let fits = |point: &&Point| {
            made.columns
                .iter()
                .zip(&point.known)
                .all(|(column, known)| {
                    let said = inputs.iter().find(|(name, _)| *name == column.name);
                    said.is_none_or(|(_, text)| *text == known.text)
                })
        };
        let proves = |point: &Point| named.iter().all(|at| made.left(point).contains(at));
        let mut fitting = all.iter().filter(fits).peekable();
        if fitting.peek().is_some() && !fitting.any(proves) {
            return Some(format!("no conflict in its case: {}", found.claim));
        }
        said.extend(pairs);
    }
    for point in all {
        let left: Vec<usize> = made.left(point).into_iter().collect();
        for (at, a) in left.iter().enumerate() {
            for b in &left[at + 1..] {
                if made.clash(point, *a, *b) && !said.contains(&(*a, *b)) {
                    return Some(format!(
                        "e{a} and e{b} clash at {}, and are not told",
                        words(&point.known)
                    ));
                }
            }
        }
    }
    None
}

/// Exceptions that never apply, or are always overridden.
fn never(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    for (at, exception) in made.exceptions.iter().enumerate() {
        let told = |code: &str| {
            let mut found = checked.of_code(code);
            found.any(|found| checked.line(&found.primary.at) == exception.line)
        };
        let never = !all.iter().any(|point| point.applies.contains(&at));
        if told("A0509") && !never || never && !told("A0509") && !made.whole {
            return Some(format!(
                "e{at} never applies: {never}, told: {}",
                told("A0509")
            ));
        }
        let over = |point: &&Point| {
            let mut others = point.applies.iter();
            others.any(|other| made.exceptions[*other].over.contains(&at))
        };
        let always = !never
            && all
                .iter()
                .filter(|point| point.applies.contains(&at))
                .all(|point| over(&point));
        if told("A0515") && !always && !never || always && !told("A0515") && !made.whole {
            return Some(format!(
                "e{at} is always overridden: {always}, told: {}",
                told("A0515")
            ));
        }
    }
    None
}

fn open(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    let told: Vec<_> = checked.of_code("A0510").collect();
    let unsure: Vec<_> = checked.of_code("A0414").collect();
    if made.default {
        return (!told.is_empty() || !unsure.is_empty()).then(|| "open beside a default".into());
    }
    let day = made
        .columns
        .iter()
        .position(|column| column.kind == Kind::Day);
    let open_on = |point: &Point| -> Option<bool> {
        let Some((day, x)) = day.and_then(|day| Some((day, point.known[day].order?))) else {
            return Some(true);
        };
        let mut sides = (false, false);
        for other in all.iter().filter(|other| !other.applies.is_empty()) {
            let same = |at: usize| at == day || other.known[at].text == point.known[at].text;
            if (0..made.columns.len()).all(same)
                && let Some(y) = other.known[day].order
            {
                sides.0 |= y < x;
                sides.1 |= y > x;
            }
        }
        match sides {
            (true, true) => Some(true),
            (false, false) => None,
            _ => Some(false),
        }
    };
    let mut rest = false;
    let mut shown = Vec::new();
    for found in &told {
        if found.counts_rest {
            rest = true;
            continue;
        }
        let Some(words) = found.claim.strip_prefix("`main` leaves a case open: ") else {
            return Some(format!("other words: {}", found.claim));
        };
        let Some(sides) = sides(&made.columns, words) else {
            return (!made.whole).then(|| format!("other words: {words}"));
        };
        let mut any = false;
        for point in all {
            match sides.take(&made.columns, &point.known, &made.text) {
                Some(true) => {}
                Some(false) => continue,
                None if made.whole => return None,
                None => return Some(format!("other words: {words}")),
            }
            if !point.applies.is_empty() {
                return Some(format!(
                    "{} is decided, and told to be open",
                    crate::rules::words(&point.known)
                ));
            }
            any |= open_on(point) != Some(false);
        }
        if !any {
            return Some(format!("no open case in: {words}"));
        }
        shown.push(sides);
    }
    let truly = |point: &&Point| point.applies.is_empty() && open_on(point) == Some(true);
    if let Some(unsure) = unsure.first() {
        if !made.whole {
            return Some(format!("unsure without a reason: {}", unsure.claim));
        }
        return None;
    }
    if rest || made.whole {
        let missed = told.is_empty() && all.iter().any(|point| truly(&point));
        return missed.then(|| "an open case is not told".into());
    }
    let inside = |point: &Point| {
        let mut shown = shown.iter();
        shown.any(|sides| sides.take(&made.columns, &point.known, &made.text) == Some(true))
    };
    for point in all.iter().filter(|point| point.applies.is_empty()) {
        let told = match open_on(point) {
            Some(true) => inside(point),
            Some(false) => true,
            None => all.iter().any(|other| {
                let same =
                    |at: usize| Some(at) == day || other.known[at].text == point.known[at].text;
                (0..made.columns.len()).all(same) && inside(other)
            }),
        };
        if !told {
            return Some(format!("{} is open, and not told", words(&point.known)));
        }
        let code = checked
            .run("main", &point.known)
            .err()
            .map(|failure| failure.code);
        if code != Some(ErrorCode::Undecided) {
            return Some(format!("{} is {code:?}", words(&point.known)));
        }
    }
    None
}
