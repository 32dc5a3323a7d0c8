//! Both engines answer every input, and what they say is compared.

use assize_runtime::jit::Asked as Question;
use assize_runtime::{Loaded, Options};

use super::times::Times;

/// Differences that are shown.
pub const SHOWN: usize = 5;

/// An input that engines answer differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The call.
    pub call: String,
    /// What the interpreter says.
    pub interpreter: String,
    /// What is said with machine code.
    pub machine_code: String,
}

/// What came of all inputs of a decision.
#[derive(Debug)]
pub struct Asked {
    /// Inputs.
    pub inputs: usize,
    /// Those that had an answer, and not an error.
    pub answers: usize,
    /// Those that machine code leaves to the interpreter.
    pub left: usize,
    /// Steps of the interpreter, by input.
    pub steps: Times,
    /// Inputs that are answered differently.
    pub different: usize,
    /// The first of them.
    pub shown: Vec<Difference>,
}

/// Asks both.
pub fn ask(plain: &Loaded, machine: &Loaded, calls: &[String]) -> Asked {
    let options = Options::default();
    let mut asked = Asked {
        inputs: calls.len(),
        answers: 0,
        left: 0,
        steps: Times::new(Vec::new()),
        different: 0,
        shown: Vec::new(),
    };
    let mut steps = Vec::new();
    let mut own = String::new();
    for call in calls {
        let line = call.as_bytes();
        let interpreter = plain.decide_json(line, &options);
        let machine_code = machine.decide_json(line, &options);
        own.clear();
        let is_left = !machine.machine_answer(Question::default(), line, &options, &mut own);
        asked.left += usize::from(is_left);
        if let Ok(call) = plain.decode(line)
            && let Ok(answer) =
                plain.decide(&call.decision.name, &call.arguments, call.at, &options)
        {
            asked.answers += usize::from(answer.result.is_ok());
            steps.push(answer.steps);
        }
        if interpreter != machine_code {
            asked.different += 1;
            if asked.shown.len() < SHOWN {
                asked.shown.push(Difference {
                    call: call.clone(),
                    interpreter,
                    machine_code,
                });
            }
        }
    }
    asked.steps = Times::new(steps);
    asked
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use assize_runtime::{Rules, Snapshot};

    use super::*;

    /// Rules that add a number.
    fn adding(number: &str) -> Loaded {
        let text = format!(
            "package \"small\" \"1.0.0\"\n\
             define small.next (%of: int) gives int {{ add(%of, {number}i) }}\n\
             decision \"next\" = small.next {{ }}\n\
             file \"small\" \"small.assize\" \"\"\nplace 0 0..0 1:1\n"
        );
        let rules = Rules::from_program(assize_ir::parse_and_verify(&text).unwrap());
        let data = Snapshot::empty(&rules.program);
        Loaded::of(Arc::new(rules), data)
    }

    fn calls(numbers: &[i64]) -> Vec<String> {
        let call = |of: &i64| format!("{{\"decision\":\"next\",\"input\":{{\"of\":{of}}}}}");
        numbers.iter().map(call).collect()
    }

    #[test]
    fn engines_that_agree_have_no_difference() {
        let machine = adding("1").compiled();
        let asked = ask(&adding("1"), &machine, &calls(&[1, 2, i64::MAX]));
        assert_eq!((asked.inputs, asked.different), (3, 0), "{asked:?}");
        // The sum that leaves its word fails, and machine code leaves all failures.
        assert_eq!((asked.answers, asked.left), (2, 1), "{asked:?}");
        assert!(asked.steps.median() > 0, "{asked:?}");
    }

    #[test]
    fn a_difference_is_told_with_both_answers() {
        let asked = ask(&adding("1"), &adding("2").compiled(), &calls(&[1; 7]));
        assert_eq!((asked.different, asked.shown.len()), (7, SHOWN));
        let first = asked.shown.first().unwrap();
        assert_eq!(first.call, calls(&[1])[0]);
        assert_eq!(first.interpreter, "{\"output\":2}");
        assert_eq!(first.machine_code, "{\"output\":3}");
    }

    #[test]
    fn without_machine_code_all_is_left() {
        let asked = ask(&adding("1"), &adding("1"), &calls(&[1, 2]));
        assert_eq!((asked.left, asked.answers, asked.different), (2, 2, 0));
    }
}
