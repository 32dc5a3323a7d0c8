//! Machine code reads and writes JSON as the interpreter's reader and writer do: the same answer to the byte, for calls
//! in any form and broken in any way.
//!
//! `ASSIZE_CALLS=2000` looks longer than the gate, `ASSIZE_SEED=2` elsewhere.

#![cfg(test)]

mod forms;

use std::collections::BTreeMap;
use std::sync::Arc;

use assize_compiler::testing::inputs;
use assize_eval::Value;
use assize_eval::json::encode::write_members;
use assize_eval::json::{Json, NumberStyle, invalid_input_text, parse};
use assize_ir::Decision;
use assize_runtime::jit::Asked;
use assize_runtime::{Loaded, Options, Rules, SnapshotLimits};
use assize_tests::erp_cases::node::Node;
use assize_tests::tree::repository_root;

use forms::{Numbers, Scribe, damage, scratch};

/// Inputs that the gate makes for each decision.
const CALLS: u64 = 25;
/// The time of each call: what is data in `rules/` is fresh then.
const AT: &str = "2026-11-20T10:01:00Z";
/// Data of rules that have none: two calendars.
const CALENDARS: &str = r#"{
  "as_of": "2026-11-20T10:00:00Z",
  "relations": {},
  "calendars": {
    "shop": {"working": [1, 2, 3, 4, 5], "exceptions": {}, "from": "2026-01-01", "to": "2026-12-31"},
    "über": {"working": [6], "exceptions": {}, "from": "2026-01-01", "to": "2026-12-31"}
  }
}"#;
/// Compiling takes a large stack.
const STACK: usize = 256 << 20;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    if let Err(panic) = thread.unwrap().join() {
        std::panic::resume_unwind(panic);
    }
}

/// What was asked.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Answered from text to text.
    fast: u64,
    /// Decided, and yet not from text to text.
    slow: u64,
    /// Not decided.
    failed: u64,
    /// Calls at fault.
    refused: u64,
}

/// The same rules and data, by the interpreter and by machine code.
struct Pair {
    interpreted: Loaded,
    compiled: Loaded,
}

impl Pair {
    /// A package or a file of rules, with the data of its samples.
    fn open(path: &str) -> Pair {
        let path = repository_root().join(path);
        let workbench = assize::load::package::open(&path).unwrap();
        let linked = assize_compiler::program(&workbench.db, workbench.root).unwrap();
        let program = assize_ir::verify_owned(linked.program).unwrap();
        let rules = Arc::new(Rules::from_program(program));
        let files = std::fs::read_dir(path.join("samples/data"));
        let files = files.into_iter().flatten().flatten().map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(file.path()).unwrap())
        });
        let mut files: BTreeMap<String, Vec<u8>> = files.collect();
        if files.is_empty() {
            files.insert("snapshot.json".to_owned(), CALENDARS.as_bytes().to_vec());
        }
        let load = || Loaded::new(Arc::clone(&rules), &files, &SnapshotLimits::default()).unwrap();
        let compiled = load().compiled();
        assert!(compiled.is_compiled());
        Pair {
            interpreted: load(),
            compiled,
        }
    }

    /// Asks a line in every way; whether it is answered from text to text.
    fn ask(&self, line: &[u8], seen: &mut Seen) {
        for style in [NumberStyle::String, NumberStyle::Number] {
            let options = Options {
                style,
                ..Options::default()
            };
            let wanted = self.interpreted.decide_json(line, &options);
            let mut out = String::from("before ");
            self.compiled.decide_json_into(line, &options, &mut out);
            let shown = String::from_utf8_lossy(line);
            assert_eq!(out.strip_prefix("before "), Some(&*wanted), "{shown}");
            let mut out = String::new();
            let asked = Asked::default();
            let fast = self
                .compiled
                .machine_answer(asked, line, &options, &mut out);
            assert_eq!(out, if fast { &*wanted } else { "" }, "{shown}");
            if fast {
                seen.fast += 1;
            } else if wanted.starts_with("{\"output\":") {
                seen.slow += 1;
            } else if wanted.starts_with("{\"error\":{\"code\":\"invalid_input\"") {
                seen.refused += 1;
            } else {
                seen.failed += 1;
            }
        }
    }

    /// Asks an input alone, of a decision that is named beside it.
    fn ask_beside(&self, decision: &Decision, line: &[u8], seen: &mut Seen) {
        let options = Options::default();
        let at = assize_eval::json::instant::parse_up(AT);
        let asked = Asked {
            decision: Some(&decision.name),
            at,
            input_alone: true,
        };
        let mut out = String::new();
        if !self
            .compiled
            .machine_answer(asked, line, &options, &mut out)
        {
            return;
        }
        seen.fast += 1;
        let input = parse(line, "").unwrap();
        assert!(input.duplicates.is_empty());
        let members = vec![
            ("input".into(), input.value),
            ("at".into(), Json::Text(AT.into())),
        ];
        let json = Json::Object(members);
        let call = self.interpreted.decode_document_of(Some(decision), &json);
        let wanted = match call {
            Err(faults) => invalid_input_text(&faults),
            Ok(call) => {
                let (arguments, at) = (&call.arguments, call.at);
                let answer = self
                    .interpreted
                    .decide(&decision.name, arguments, at, &options);
                self.interpreted
                    .text((decision, at, arguments), &answer.unwrap(), &options)
            }
        };
        assert_eq!(out, wanted, "{}", String::from_utf8_lossy(line));
    }

    /// The input of a decision with these arguments.
    fn input(&self, decision: &Decision, arguments: &[Value]) -> Node {
        let program = &self.interpreted.rules.program;
        let params = &program.callable(decision.callable).unwrap().params;
        let mut input = String::new();
        let members = params.iter().zip(arguments);
        let members = members.map(|(param, value)| (param.name.as_str(), &param.ty, value));
        write_members(program, members, NumberStyle::Number, &mut input).unwrap();
        Node::parse(&input).unwrap()
    }

    /// Asks a decision with an input in many forms.
    fn forms(
        &self,
        decision: &Decision,
        (at, input): (&Node, &Node),
        numbers: &mut Numbers,
        (valid, broken): (&mut Seen, &mut Seen),
    ) {
        let call = Node::object([
            ("decision", Node::Text(decision.name.clone())),
            ("at", at.clone()),
            ("input", input.clone()),
        ]);
        for (odd, shuffled) in [(0, false), (0, true), (30, false), (30, true)] {
            let mut scribe = Scribe {
                numbers: &mut *numbers,
                odd,
                shuffled,
            };
            let line = scribe.write(&call);
            let alone = scribe.write(input);
            self.ask(&line, valid);
            self.ask_beside(decision, &alone, valid);
            let mut scratched = line;
            scratch(&mut scratched, numbers);
            self.ask(&scratched, broken);
        }
        for _ in 0..4 {
            let mut damaged = call.clone();
            damage(&mut damaged, numbers);
            let (odd, shuffled) = (numbers.below(2) * 10, numbers.chance(50));
            let mut scribe = Scribe {
                numbers: &mut *numbers,
                odd,
                shuffled,
            };
            let line = scribe.write(&damaged);
            self.ask(&line, broken);
        }
    }

    /// Asks all decisions with generated inputs: calls that are valid, and calls that were broken.
    fn all(&self) -> (Seen, Seen) {
        let (mut valid, mut broken) = (Seen::default(), Seen::default());
        let mut numbers = Numbers(setting("ASSIZE_SEED").unwrap_or(1));
        let count = setting("ASSIZE_CALLS").unwrap_or(CALLS);
        let (program, store) = (
            &self.interpreted.rules.program,
            &self.interpreted.snapshot.store,
        );
        let at = Node::Text(AT.to_owned());
        for decision in &program.decisions {
            let before = valid;
            inputs(program, store, decision.callable, (1, count), |arguments| {
                let input = self.input(decision, arguments);
                let asked = (&at, &input);
                self.forms(decision, asked, &mut numbers, (&mut valid, &mut broken));
            });
            println!(
                "{}: {} fast, {} slow, {} failed, {} refused",
                decision.name,
                valid.fast - before.fast,
                valid.slow - before.slow,
                valid.failed - before.failed,
                valid.refused - before.refused
            );
        }
        println!("valid {valid:?}\nbroken {broken:?}");
        (valid, broken)
    }
}

#[test]
fn every_type_is_read_and_written_alike() {
    on_large_stack(|| {
        let (valid, broken) = Pair::open("tests/identity/json.assize").all();
        assert_eq!(valid.refused, 0, "{valid:?}");
        assert!(valid.fast > 20 * valid.slow, "{valid:?}");
        assert!(broken.fast > 100 && broken.refused > 1_000, "{broken:?}");
    });
}

#[test]
fn business_central_is_asked_alike() {
    on_large_stack(|| {
        let (valid, broken) = Pair::open("rules/business-central").all();
        assert!(valid.fast > 20 * valid.slow, "{valid:?}");
        assert!(broken.fast > 100 && broken.refused > 1_000, "{broken:?}");
    });
}

/// The samples of a package, each in many forms.
fn samples(package: &str) {
    let pair = Pair::open(&format!("rules/{package}"));
    let folder = repository_root().join("rules").join(package);
    let mut numbers = Numbers(setting("ASSIZE_SEED").unwrap_or(1));
    let (mut valid, mut broken) = (Seen::default(), Seen::default());
    for file in std::fs::read_dir(folder.join("samples")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "faulty.json" || !name.ends_with(".json") {
            continue;
        }
        let sample = Node::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let input = sample.get("input").unwrap_or(&sample);
        let usual = Node::Text(AT.to_owned());
        let at = sample.get("at").unwrap_or(&usual);
        let before = valid;
        for decision in &pair.interpreted.rules.program.decisions {
            for _ in 0..setting("ASSIZE_CALLS").map_or(1, |calls| calls / CALLS) {
                let seen = (&mut valid, &mut broken);
                pair.forms(decision, (at, input), &mut numbers, seen);
            }
        }
        // At least for one decision, and that in every form.
        assert!(
            valid.fast >= before.fast + 8,
            "{package}, {name}: {valid:?}"
        );
        assert_eq!(valid.slow, before.slow, "{package}, {name}");
    }
    println!("{package}: valid {valid:?}, broken {broken:?}");
    assert!(broken.refused > 10, "{package}: {broken:?}");
}

#[test]
fn samples_are_answered_from_text_to_text() {
    on_large_stack(|| {
        for package in ["shop", "checkout", "business-central"] {
            samples(package);
        }
    });
}

/// The members of a call in any order, twice, left out, `null`, unknown and beside the line.
#[test]
fn calls_are_read_alike() {
    on_large_stack(|| {
        let pair = Pair::open("tests/identity/json.assize");
        let shop = Pair::open("rules/shop");
        let mut seen = Seen::default();
        for line in [
            r#"{"decision":"quotient","input":{"a":1,"b":2}}"#,
            r#"{"input":{"a":1,"b":2},"decision":"quotient"}"#,
            r#"{"input":{"a":1,"b":2},"at":"2026-11-20T10:01:00Z","decision":"json.quotient"}"#,
            r#"{"at":null,"input":{"b":2,"a":1},"decision":"quotient"}"#,
            "\n { \"decision\" : \"quotient\" , \"at\" : null , \"input\" : { \"a\" : 1 , \"b\" : 2 } }\t",
            r#"{"decision":"json.quotient","input":{"a":"1","b":"4"},"at":"2026-11-20T10:01:00.5Z"}"#,
        ] {
            let before = seen.fast;
            pair.ask(line.as_bytes(), &mut seen);
            assert_eq!(seen.fast, before + 2, "{line}");
        }
        let mut seen = Seen::default();
        for line in [
            r#"{"decision":"quotient","input":{"a":1,"b":0}}"#,
            r#"{"decision":"quotient"}"#,
            r#"{"input":{"a":1,"b":2}}"#,
            r#"{}"#,
            r#"[]"#,
            "",
            "\u{feff}{}",
            r#"{"decision":"quotients","input":{"a":1,"b":2}}"#,
            r#"{"decision":7,"input":{"a":1,"b":2}}"#,
            r#"{"decision":null,"input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","decision":"quotient","input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","input":{"a":1,"b":2},"input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","at":null,"at":null,"input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","at":"now","input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","at":1,"input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","more":1,"input":{"a":1,"b":2}}"#,
            r#"{"decision":"quotient","input":{"a":1,"b":2},}"#,
            r#"{"decision":"quotient","input":{"a":1,"b":2}}}"#,
            r#"{"decision":"quotient","input":{"a":1,"b":2}} x"#,
            r#"{"decision":"quotient","input":{"a":1 "b":2}}"#,
            r#"{"decision":"quotient","input":{"a":1,"b":2,"a":1}}"#,
            r#"{"decision":"quotient","input":{"a":1,"b":2,"c":1}}"#,
            r#"{"input":{"a":1,"b":2]},"decision":"quotient"}"#,
            r#"{"input":{"a":1,"b":02},"decision":"quotient"}"#,
            r#"{"input":{"a":1,"b":tru},"decision":"quotient"}"#,
            r#"{"input":[1],"decision":"quotient"}"#,
            r#"{"decision":"quotient","input":{"a":9223372036854775807,"b":-9223372036854775808}}"#,
        ] {
            pair.ask(line.as_bytes(), &mut seen);
        }
        assert_eq!((seen.fast, seen.slow), (0, 0), "{seen:?}");
        // Its data must be fresh: a time is wanted, and one at which they are.
        let order = r#""input":{"order":{"ordered":"2026-11-19","lines":[{"item":"LAMP","category":"garden","quantity":1,"price":2}]},"customer":{"number":"C1","segment":"trade"}}"#;
        let mut seen = Seen::default();
        for (at, fast) in [
            (r#""at":"2026-11-19T10:15:00Z","#, true),
            (r#""at":"2027-11-19T10:00:30Z","#, false),
            (r#""at":null,"#, false),
            ("", false),
        ] {
            let line = format!(r#"{{"decision":"quote",{at}{order}}}"#);
            let before = seen.fast;
            shop.ask(line.as_bytes(), &mut seen);
            assert_eq!(seen.fast > before, fast, "{line}");
        }
    });
}

/// What is asked beside a line must be what the line says.
#[test]
fn lines_are_read_for_the_decision_beside_them() {
    on_large_stack(|| {
        let pair = Pair::open("tests/identity/json.assize");
        let ask = |decision: Option<&str>, at, input_alone, line: &str| {
            let asked = Asked {
                decision,
                at,
                input_alone,
            };
            let mut out = String::new();
            let options = Options::default();
            let fast = pair
                .compiled
                .machine_answer(asked, line.as_bytes(), &options, &mut out);
            fast.then_some(out)
        };
        let half = Some("{\"output\":\"0.5\"}".to_owned());
        let named = r#"{"decision":"quotient","input":{"a":1,"b":2}}"#;
        let unnamed = r#"{"input":{"a":1,"b":2}}"#;
        let alone = r#"{"a":1,"b":2}"#;
        let quotient = Some("quotient");
        assert_eq!(ask(quotient, None, false, named), half);
        assert_eq!(ask(quotient, None, false, unnamed), half);
        assert_eq!(ask(Some("json.quotient"), Some(0), false, unnamed), half);
        assert_eq!(ask(quotient, Some(0), true, alone), half);
        assert_eq!(ask(Some("pair"), None, false, named), None);
        assert_eq!(ask(Some("no"), None, false, named), None);
        assert_eq!(ask(None, None, false, unnamed), None);
        assert_eq!(ask(None, None, true, alone), None);
        assert_eq!(ask(quotient, None, true, named), None);
        assert_eq!(ask(quotient, None, false, alone), None);
    });
}
