//! What was measured, for people as tables and for machines as one object.

use serde_json::{Value, json};

use super::inputs::From;
use super::times::{OfInput, Timed, Times, quotient, shown};
use super::{Loading, Measured, Report};
use crate::console::{Console, Style};
use crate::fault::Stop;
use crate::render::human::counted;

/// Columns of a label, and of a number.
const LABEL: usize = 32;
const NAME: usize = 14;
const CELL: usize = 11;

/// Tells all of it.
pub fn tell(report: &Report, console: &mut Console) -> Result<(), Stop> {
    if !console.is_human() {
        return console.line(&document(report).to_string());
    }
    console.line(&format!("rules        {}", report.rules))?;
    console.line(&format!("data         {}", report.data))?;
    if report.different > 0 {
        return different(report, console);
    }
    console.line("")?;
    let heading = console.out.paint(Style::Bold, "loading");
    console.line(&heading)?;
    for (what, time) in phases(&report.loading) {
        if let Some(time) = time {
            console.line(&format!("  {what:<LABEL$}{:>CELL$}", shown(time)))?;
        }
    }
    if let Some(why) = &report.no_machine_code {
        console.line(&format!(
            "no machine code: {why}; the interpreter alone was timed"
        ))?;
    }
    for measured in &report.decisions {
        decision(measured, console)?;
    }
    console.line("")?;
    if !report.without.is_empty() {
        console.line(&format!(
            "not timed: {}: no input fits their types on this data",
            report.without.join(", ")
        ))?;
    }
    console.line(&format!(
        "A time is that of one call, from its JSON text to that of the answer; {} of it is the clock.",
        shown(report.clock)
    ))
}

fn phases(loading: &Loading) -> [(&'static str, Option<u64>); 5] {
    [
        ("read and check the package", loading.package),
        ("read and verify the bundle", Some(loading.bundle)),
        ("read the data", loading.data),
        ("make machine code", Some(loading.machine_code)),
        ("lay out the data for it", Some(loading.rows)),
    ]
}

fn decision(measured: &Measured, console: &mut Console) -> Result<(), Stop> {
    let asked = &measured.asked;
    let inputs = counted(asked.inputs, "input");
    let from = match measured.from {
        From::Files => "of files",
        From::Tests => "of the package's tests",
        From::Generated => "generated",
    };
    console.line("")?;
    let name = console.out.paint(Style::Bold, &measured.name);
    console.line(&format!(
        "{name}  {inputs} {from}, {} with an answer; {} for each engine",
        asked.answers,
        counted(measured.interpreter.all.calls(), "call"),
    ))?;
    let steps = &asked.steps;
    console.line(&format!(
        "  steps of a decision: {} in the median, {} at most",
        steps.median(),
        steps.within(1_000)
    ))?;
    let cells = |cells: [String; 4]| cells.map(|cell| format!("{cell:>CELL$}")).concat();
    let heads = ["median", "p99", "p99.9", "per second"];
    console.line(&format!(
        "  {:<NAME$}{}",
        "",
        cells(heads.map(str::to_owned))
    ))?;
    let mut row = |name: &str, times: &Times| {
        let all = [
            shown(times.median()),
            shown(times.within(990)),
            shown(times.within(999)),
            times.per_second().to_string(),
        ];
        console.line(&format!("  {name:<NAME$}{}", cells(all)))
    };
    row("interpreter", &measured.interpreter.all)?;
    let Some(machine) = &measured.machine else {
        return best_and_worst(measured, "the interpreter", &measured.interpreter, console);
    };
    row("machine code", &machine.all)?;
    let left = match asked.left {
        0 => "it leaves no input to the interpreter".to_owned(),
        left => format!("it leaves {left} of {inputs} to the interpreter"),
    };
    let ratio = ratio(measured).unwrap_or_default();
    console.line(&format!(
        "  the interpreter takes {ratio} times as long as machine code; {left}"
    ))?;
    best_and_worst(measured, "the interpreter", &measured.interpreter, console)?;
    best_and_worst(measured, "machine code", machine, console)
}

/// Which input an engine is quickest and slowest with.
fn best_and_worst(
    measured: &Measured,
    engine: &str,
    timed: &Timed,
    console: &mut Console,
) -> Result<(), Stop> {
    let (Some(quickest), Some(slowest)) = (timed.quickest, timed.slowest) else {
        return Ok(());
    };
    if measured.calls.len() < 2 {
        return Ok(());
    }
    console.line(&format!(
        "  {engine} is quickest with input {} ({} in the median), slowest with input {} ({})",
        number(measured, quickest),
        shown(quickest.median),
        number(measured, slowest),
        shown(slowest.median),
    ))
}

/// The number of an input, as `--only` takes it.
fn number(measured: &Measured, of: OfInput) -> usize {
    measured.first.saturating_add(of.input)
}

/// How many times as long the interpreter takes, by the medians.
fn ratio(measured: &Measured) -> Option<String> {
    let machine = measured.machine.as_ref()?;
    let interpreter = &measured.interpreter.all;
    Some(quotient(interpreter.median(), machine.all.median(), 2))
}

fn different(report: &Report, console: &mut Console) -> Result<(), Stop> {
    let count = counted(report.different, "difference");
    console.line(&format!("{count} between the engines; nothing was timed"))?;
    for found in &report.differences {
        console.line(&format!(
            "{}\n  interpreter {}\n  machine code {}",
            found.call, found.interpreter, found.machine_code
        ))?;
    }
    Ok(())
}

fn document(report: &Report) -> Value {
    let loading = &report.loading;
    let decisions: Vec<Value> = report.decisions.iter().map(decision_json).collect();
    let differences: Vec<Value> = report
        .differences
        .iter()
        .map(|found| {
            json!({
                "call": found.call,
                "interpreter": found.interpreter,
                "machine_code": found.machine_code,
            })
        })
        .collect();
    json!({
        "rules": report.rules,
        "data": report.data,
        "no_machine_code": report.no_machine_code,
        "clock_ns": report.clock,
        "loading": {
            "package_ns": loading.package,
            "bundle_ns": loading.bundle,
            "data_ns": loading.data,
            "machine_code_ns": loading.machine_code,
            "rows_ns": loading.rows,
        },
        "decisions": decisions,
        "without_inputs": report.without,
        "different": report.different,
        "differences": differences,
    })
}

fn decision_json(measured: &Measured) -> Value {
    // What stands in a file is found there, and may be what nobody is to read here.
    let is_shown = measured.from != From::Files;
    let one = |of: Option<OfInput>| {
        of.map(|of| {
            json!({
                "input": number(measured, of),
                "median_ns": of.median,
                "call": measured.calls.get(of.input).filter(|_| is_shown),
            })
        })
    };
    let times = |timed: &Timed| {
        let times = &timed.all;
        json!({
            "calls": times.calls(),
            "median_ns": times.median(),
            "p99_ns": times.within(990),
            "p999_ns": times.within(999),
            "per_second": times.per_second(),
            "quickest": one(timed.quickest),
            "slowest": one(timed.slowest),
        })
    };
    let asked = &measured.asked;
    let from = match measured.from {
        From::Files => "files",
        From::Tests => "tests",
        From::Generated => "generated",
    };
    json!({
        "name": measured.name,
        "from": from,
        "inputs": asked.inputs,
        "answers": asked.answers,
        "left": asked.left,
        "steps": {"median": asked.steps.median(), "most": asked.steps.within(1_000)},
        "interpreter": times(&measured.interpreter),
        "machine_code": measured.machine.as_ref().map(times),
        "ratio": ratio(measured),
    })
}

#[cfg(test)]
mod tests {
    use super::super::differences::{Asked, Difference};
    use super::*;

    fn measured(machine: Option<Vec<u64>>) -> Measured {
        Measured {
            name: "next".to_owned(),
            from: From::Generated,
            first: 5,
            calls: ["{\"a\":1}", "{\"a\":2}"].map(str::to_owned).to_vec(),
            asked: Asked {
                inputs: 3,
                answers: 2,
                left: 1,
                steps: Times::new(vec![2, 3, 9]),
                different: 0,
                shown: Vec::new(),
            },
            interpreter: Timed::new(vec![1_000, 2_000], 2),
            machine: machine.map(|calls| Timed::new(calls, 2)),
        }
    }

    fn report() -> Report {
        Report {
            rules: "b3:a".to_owned(),
            data: "b3:b".to_owned(),
            no_machine_code: None,
            loading: Loading::default(),
            clock: 30,
            decisions: Vec::new(),
            without: Vec::new(),
            different: 0,
            differences: Vec::new(),
        }
    }

    #[test]
    fn a_ratio_is_that_of_the_medians() {
        let told = decision_json(&measured(Some(vec![300, 900])));
        assert_eq!(told["ratio"], "3.33");
        assert_eq!(told["interpreter"]["p999_ns"], 2_000);
        assert_eq!(told["steps"], json!({"median": 3, "most": 9}));
        let slowest = json!({"input": 6, "median_ns": 2_000, "call": "{\"a\":2}"});
        assert_eq!(told["interpreter"]["slowest"], slowest);
        assert_eq!(told["machine_code"]["quickest"]["input"], 5);
        let told = decision_json(&measured(None));
        assert_eq!(
            (&told["ratio"], &told["machine_code"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[test]
    fn differences_are_part_of_the_document() {
        let difference = Difference {
            call: "{}".to_owned(),
            interpreter: "1".to_owned(),
            machine_code: "2".to_owned(),
        };
        let told = document(&Report {
            different: 1,
            differences: vec![difference],
            ..report()
        });
        assert_eq!(told["different"], 1);
        assert_eq!(told["differences"][0]["machine_code"], "2");
        assert_eq!(told["decisions"], json!([]));
    }
}
