//! Tables and grids against all their cases.

use std::collections::BTreeSet;

use assize_compiler::Severity;
use assize_eval::Value;
use assize_eval::failure::ErrorCode;

use crate::kinds::{Column, DECLARATIONS, Kind, Known, Sides, points, sides};
use crate::{Checked, Numbers, Seen};

/// A table with its twin that lists which rows hit.
struct Made {
    text: String,
    columns: Vec<Column>,
    hit: &'static str,
    /// Per row of the twin: the line of the row, and what it gives.
    rows: Vec<(usize, i64)>,
    /// Whether cells compare two values.
    compared: bool,
}

fn made(numbers: &mut Numbers, grid: bool) -> Made {
    let mut columns: Vec<Column> = Vec::new();
    for at in 0..2 + numbers.below(2) {
        let day = !columns.iter().any(|column| column.kind == Kind::Day);
        columns.push(Column::random(numbers, at, day));
    }
    if !grid && numbers.chance(30) {
        columns.pop();
    }
    // A parameter that is compared with the others of its kind.
    let compared = !grid && columns.len() < 3 && numbers.chance(25);
    if compared {
        // Of two days each would have a first and a last one.
        for column in columns.iter_mut().filter(|it| it.kind == Kind::Day) {
            column.kind = Kind::Int;
        }
        let kind = columns.first().map_or(Kind::Int, |column| column.kind);
        // Of codes two columns know other values each, and no point has all of them.
        for other in columns
            .iter_mut()
            .skip(1)
            .filter(|it| it.kind == Kind::Code)
        {
            other.kind = Kind::Bool;
        }
        columns.push(Column {
            name: "k".into(),
            kind,
            optional: false,
            codes: 0,
        });
    }
    let params: Vec<String> = columns
        .iter()
        .map(|column| format!("{}: {}", column.name, column.ty()))
        .collect();
    let params = params.join(", ");
    let hit = match (grid, numbers.below(4)) {
        (true, _) | (_, 0) => "unique",
        (_, 1) => "same",
        _ => "first",
    };
    let mut heads: Vec<&Column> = columns.iter().filter(|column| column.name != "k").collect();
    if numbers.chance(20) {
        heads.reverse();
    }
    let mut main = format!("table main ({params}) gives int\n");
    let mut twin = format!("table hits ({params}) gives list of int\n    hit list\n");
    let mut rows = Vec::new();
    let first_line = DECLARATIONS.matches('\n').count() + 5;
    let titles: Vec<&str> = heads.iter().map(|column| column.name.as_str()).collect();
    if grid {
        let (across, before) = titles.split_last().unwrap();
        let corner = before.last().unwrap();
        let (mut keys, mut twins) = (Vec::new(), Vec::new());
        let across_column = heads.last().unwrap();
        for cell in axis(numbers, across_column) {
            keys.push(cell.0);
            twins.push(cell.1);
        }
        let first = before[..before.len() - 1].join(" | ");
        let first = if first.is_empty() {
            first
        } else {
            format!("{first} | ")
        };
        main.push_str(&format!(
            "    | {first}{corner} \\ {across} | {} |\n",
            keys.join(" | ")
        ));
        twin.push_str(&format!("    | {} || x |\n", titles.join(" | ")));
        let corner_column = heads[heads.len() - 2];
        let side = axis(numbers, corner_column);
        for (line, (key, plain)) in side.iter().enumerate() {
            let more: Vec<String> = heads[..heads.len() - 2]
                .iter()
                // Steps of rows are those of rows with equal cells before them.
                .map(|column| match key.ends_with('+') {
                    true => "-".to_string(),
                    false => column.cell(numbers, None),
                })
                .collect();
            let lead: String = more.iter().map(|cell| format!("{cell} | ")).collect();
            let given: Vec<i64> = keys.iter().map(|_| numbers.below(3) as i64).collect();
            let texts: Vec<String> = given.iter().map(i64::to_string).collect();
            main.push_str(&format!("    | {lead}{key} | {} |\n", texts.join(" | ")));
            for (head, gives) in twins.iter().zip(&given) {
                twin.push_str(&format!(
                    "    | {lead}{plain} | {head} || {} |\n",
                    rows.len()
                ));
                rows.push((first_line - 1 + line, *gives));
            }
        }
    } else {
        main.push_str(&format!(
            "    hit {hit}\n    | {} || x |\n",
            titles.join(" | ")
        ));
        twin.push_str(&format!("    | {} || x |\n", titles.join(" | ")));
        let kind = columns.last().map(|column| column.kind);
        for at in 0..2 + numbers.below(5) {
            let cells: Vec<String> = heads
                .iter()
                .map(|column| {
                    let fits = compared && Some(column.kind) == kind;
                    column.cell(numbers, fits.then_some("k"))
                })
                .collect();
            let gives = numbers.below(2) as i64;
            let cells = cells.join(" | ");
            main.push_str(&format!("    | {cells} || {gives} |\n"));
            twin.push_str(&format!("    | {cells} || {at} |\n"));
            rows.push((first_line + at, gives));
        }
    }
    Made {
        text: format!("{DECLARATIONS}\n{main}\n{twin}"),
        columns,
        hit,
        rows,
        compared,
    }
}

/// The cells of an axis: as the grid and as a table writes them.
fn axis(numbers: &mut Numbers, column: &Column) -> Vec<(String, String)> {
    let steps = column.is_ordered() && column.kind != Kind::Tier && numbers.chance(50);
    if !steps {
        return (0..2 + numbers.below(2))
            .map(|_| column.cell(numbers, None))
            .map(|cell| (cell.clone(), cell))
            .collect();
    }
    let domain = column.domain();
    let place = |text: &String| domain.iter().position(|known| known.text == *text);
    let mut all: Vec<(usize, String)> = (0..1 + numbers.below(3))
        .map(|_| column.constant(numbers))
        .filter_map(|text| Some((place(&text)?, text)))
        .collect();
    all.sort();
    all.dedup();
    if all.is_empty() {
        return vec![("-".into(), "-".into())];
    }
    let next = all.iter().skip(1).map(Some).chain([None]);
    all.iter()
        .zip(next)
        .map(|((_, text), next)| {
            let plain = match next {
                Some((_, next)) => format!("{text} to below {next}"),
                None => format!(">= {text}"),
            };
            (format!("{text}+"), plain)
        })
        .collect()
}

/// A point with the rows that take it.
struct Point {
    known: Vec<Known>,
    rows: BTreeSet<usize>,
}

/// Makes a table and compares; gives its text and what is wrong.
pub fn compare(numbers: &mut Numbers, seen: &mut Seen, grid: bool) -> (String, Option<String>) {
    let made = made(numbers, grid);
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
        found.code.0 == "A0414" || found.code.0 == "A0411" && found.claim.contains(" may ")
    };
    seen.unsure += u64::from(checked.found.iter().any(unsure));
    let mut all = Vec::new();
    for known in points(&made.columns) {
        let Ok(Value::List(rows)) = checked.run("hits", &known) else {
            return (made.text, Some("the twin fails".into()));
        };
        let number = |value: &Value| match value {
            Value::Int(n) => usize::try_from(*n).ok(),
            _ => None,
        };
        let rows = rows.iter().map(|row| number(row).unwrap()).collect();
        all.push(Point { known, rows });
    }
    let fault = overlaps(&made, &checked, &all)
        .or_else(|| covered(&made, &checked, &all))
        .or_else(|| empty(&made, &checked, &all))
        .or_else(|| gaps(&made, &checked, &all));
    let fault = fault.map(|fault| format!("{fault}\n{}", checked.said()));
    (made.text, fault)
}

fn words(point: &[Known]) -> String {
    let words: Vec<&str> = point.iter().map(|known| known.text.as_str()).collect();
    words.join(" ")
}

/// The point that a case names, where all its columns are said.
fn named<'p>(made: &Made, all: &'p [Point], inputs: &[(String, String)]) -> Option<&'p Point> {
    all.iter().find(|point| {
        made.columns
            .iter()
            .zip(&point.known)
            .all(|(column, known)| {
                let said = inputs.iter().find(|(name, _)| *name == column.name);
                said.is_some_and(|(_, text)| *text == known.text)
            })
    })
}

fn overlaps(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    let told: Vec<_> = checked.of_code("A0411").collect();
    if made.hit == "first" {
        return (!told.is_empty()).then(|| "an overlap under `hit first`".into());
    }
    let clashes = |rows: &BTreeSet<usize>| {
        let given: BTreeSet<i64> = rows.iter().map(|row| made.rows[*row].1).collect();
        match made.hit {
            "same" => given.len() > 1,
            _ => rows.len() > 1,
        }
    };
    let lines = |rows: &BTreeSet<usize>| -> BTreeSet<usize> {
        rows.iter().map(|row| made.rows[*row].0).collect()
    };
    let grid = made
        .rows
        .iter()
        .map(|row| row.0)
        .collect::<BTreeSet<_>>()
        .len()
        < made.rows.len();
    let mut said: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut rest = false;
    for found in &told {
        if found.counts_rest {
            rest = true;
            continue;
        }
        let labels = std::iter::once(&found.primary).chain(&found.related);
        let named_lines: BTreeSet<usize> = labels.map(|label| checked.line(&label.at)).collect();
        for a in &named_lines {
            said.extend(
                named_lines
                    .iter()
                    .filter(|b| *b > a || grid && *b == a)
                    .map(|b| (*a, *b)),
            );
        }
        if found.severity != Severity::Error {
            if !made.compared {
                return Some(format!("unsure without a reason: {}", found.claim));
            }
            // What may be is not what cannot be.
            let both = |point: &Point| named_lines.is_subset(&lines(&point.rows));
            if !all.iter().any(both) {
                return Some(format!("may be, and never is: {}", found.claim));
            }
            return Some(format!("could be proved: {}", found.claim));
        }
        let inputs = &found.witness.as_ref()?.inputs;
        if let Some(point) = named(made, all, inputs) {
            if !clashes(&point.rows) {
                return Some(format!(
                    "no conflict at {}: {}",
                    words(&point.known),
                    found.claim
                ));
            }
            if !grid && lines(&point.rows) != named_lines {
                return Some(format!(
                    "other rows at {}: {}",
                    words(&point.known),
                    found.claim
                ));
            }
        }
    }
    if rest {
        return None;
    }
    for point in all.iter().filter(|point| clashes(&point.rows)) {
        let pairs = point
            .rows
            .iter()
            .flat_map(|a| point.rows.range(a + 1..).map(move |b| (*a, *b)));
        for (a, b) in pairs {
            let ((one, x), (other, y)) = (made.rows[a], made.rows[b]);
            let differ = made.hit != "same" || x != y;
            let named = said.contains(&(one, other))
                || grid && one == other && said.iter().any(|s| s.0 == s.1);
            if differ && !named {
                return Some(format!(
                    "lines {one} and {other} overlap at {}, and are not told",
                    words(&point.known)
                ));
            }
        }
    }
    None
}

/// Rows that can never decide, and the order that does not matter.
fn covered(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    if made.hit != "first" {
        return None;
    }
    let taken = |row: usize| all.iter().filter(move |point| point.rows.contains(&row));
    let mut reached = true;
    for (row, (line, _)) in made.rows.iter().enumerate() {
        if taken(row).next().is_none() {
            reached = false;
            continue;
        }
        let decides = taken(row).any(|point| point.rows.first() == Some(&row));
        reached &= decides;
        let told = checked
            .of_code("A0413")
            .find(|found| checked.line(&found.primary.at) == *line);
        // What no value compared so leaves of a row may stay unsaid.
        if decides == told.is_some() && !made.compared {
            return Some(format!(
                "line {line}: decides {decides}, told {}",
                told.is_some()
            ));
        }
        if decides && told.is_some() {
            return Some(format!("line {line} is told and decides"));
        }
        if let Some(found) = told {
            let by: BTreeSet<usize> = found
                .related
                .iter()
                .map(|it| checked.line(&it.at))
                .collect();
            let covers = |point: &Point| {
                point
                    .rows
                    .iter()
                    .any(|other| *other < row && by.contains(&made.rows[*other].0))
            };
            if !taken(row).all(covers) && !found.because.iter().any(|it| it.contains("more")) {
                return Some(format!("line {line} is not covered by what is named"));
            }
            for line in by {
                if !taken(row).any(|point| point.rows.iter().any(|it| made.rows[*it].0 == line)) {
                    return Some(format!("line {line} takes nothing of a covered row"));
                }
            }
        }
    }
    let meets = |differ: bool| {
        all.iter().any(|point| {
            let given: BTreeSet<i64> = point.rows.iter().map(|row| made.rows[*row].1).collect();
            if differ {
                given.len() > 1
            } else {
                point.rows.len() > 1
            }
        })
    };
    let free = reached && made.rows.len() > 1 && !meets(true);
    let told = checked.of_code("A0415").next();
    if free != told.is_some() && !made.compared || !free && told.is_some() {
        return Some(format!(
            "the order is free: {free}, told: {}",
            told.is_some()
        ));
    }
    let policy = if meets(false) {
        "`hit same`"
    } else {
        "`hit unique`"
    };
    match told {
        Some(found) if !made.compared && !found.claim.contains(policy) => {
            Some(format!("{policy} would do"))
        }
        _ => None,
    }
}

/// Rows that take nothing.
fn empty(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    let lines: BTreeSet<usize> = made.rows.iter().map(|row| row.0).collect();
    for line in lines {
        let mut rows = made
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.0 == line);
        let dead = |row: usize| all.iter().all(|point| !point.rows.contains(&row));
        let told = checked
            .of_code("A0417")
            .any(|found| checked.line(&found.primary.at) == line);
        let (some, every) = (
            rows.clone().any(|(row, _)| dead(row)),
            rows.all(|(row, _)| dead(row)),
        );
        if told && !some {
            return Some(format!("line {line} takes cases, and is told to take none"));
        }
        if every && !told && !made.compared && made.hit != "unique" {
            return Some(format!("line {line} takes nothing, and is not told"));
        }
    }
    None
}

fn gaps(made: &Made, checked: &Checked, all: &[Point]) -> Option<String> {
    let told: Vec<_> = checked.of_code("A0412").collect();
    let day = made
        .columns
        .iter()
        .position(|column| column.kind == Kind::Day);
    // Whether a case has to be decided: `None`, if on some other day.
    let open = |point: &Point| -> Option<bool> {
        let Some((day, x)) = day.and_then(|day| Some((day, point.known[day].order?))) else {
            return Some(true);
        };
        let mut sides = (false, false);
        for other in all.iter().filter(|other| !other.rows.is_empty()) {
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
    let (mut shown, mut rest) = (Vec::new(), false);
    for found in &told {
        if found.counts_rest {
            rest = true;
            continue;
        }
        let Some(words) = found.claim.strip_prefix("no row of `main` takes ") else {
            return Some(format!("other words: {}", found.claim));
        };
        match sides(&made.columns, words) {
            Some(sides) => shown.push((found, sides)),
            None if made.compared => return None,
            None => return Some(format!("other columns: {words}")),
        }
    }
    let inside = |point: &Point, sides: &Sides| sides.take(&made.columns, &point.known, &made.text);
    for (found, sides) in &shown {
        let mut any = false;
        for point in all {
            match inside(point, sides) {
                Some(true) => {}
                Some(false) => continue,
                None if made.compared => return None,
                None => return Some(format!("other words: {}", found.claim)),
            }
            if !point.rows.is_empty() {
                return Some(format!(
                    "{} is decided, and told to be open",
                    words(&point.known)
                ));
            }
            any |= point.rows.is_empty() && open(point) != Some(false);
        }
        if !any {
            return Some(format!("no open case in: {}", found.claim));
        }
    }
    let unsure = checked.of_code("A0414").next();
    if let Some(unsure) = unsure {
        if !made.compared {
            return Some(format!("unsure without a reason: {}", unsure.claim));
        }
        if all.iter().all(|point| !point.rows.is_empty()) {
            return Some(format!("may be open, and never is: {}", unsure.claim));
        }
        return Some(format!("could be proved: {}", unsure.claim));
    }
    if rest || made.compared {
        let missed = told.is_empty()
            && all
                .iter()
                .any(|point| point.rows.is_empty() && open(point) == Some(true));
        return missed.then(|| "a gap is not told".into());
    }
    let covered = |point: &Point| {
        shown
            .iter()
            .any(|(_, sides)| inside(point, sides) == Some(true))
    };
    for point in all.iter().filter(|point| point.rows.is_empty()) {
        let told = match open(point) {
            Some(true) => covered(point),
            Some(false) => true,
            None => all.iter().any(|other| {
                let same =
                    |at: usize| Some(at) == day || other.known[at].text == point.known[at].text;
                (0..made.columns.len()).all(same) && covered(other)
            }),
        };
        if !told {
            return Some(format!("{} is open, and not told", words(&point.known)));
        }
    }
    // The interpreter says so of the table itself.
    for point in all {
        let code = checked
            .run("main", &point.known)
            .err()
            .map(|failure| failure.code);
        if point.rows.is_empty() != (code == Some(ErrorCode::Undecided)) {
            return Some(format!("{} and its twin differ", words(&point.known)));
        }
    }
    None
}
