//! Programs that nobody wrote, and what every engine says of them (`assize_tests::programs`).
//!
//! `ASSIZE_PROGRAMS=100000` looks longer than the gate, `ASSIZE_SEED=2` elsewhere, `ASSIZE_ONLY=7` at one,
//! `ASSIZE_SHOW=1` with `--nocapture` prints each text, and why it is refused. What is found is shrunk and told
//! at once, with its seed and number. Where the process itself ends, `programs-at.txt` in the folder of the
//! tests' own files (`target/tmp`) says which program it was, and `ASSIZE_APART=1` with `ASSIZE_ONLY` shrinks
//! it, each attempt in a process of its own.

#![cfg(test)]
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use assize_runtime::jit::Planted;
use assize_tests::programs::choices::Choices;
use assize_tests::programs::compare::{
    Found, How, Kind, Question, Seen, again, compile, look, look_at,
};
use assize_tests::programs::coverage;
use assize_tests::programs::shrink::{Tried, shrink};
use assize_tests::programs::write;
use assize_tests::tree::repository_root;

/// Compiling takes a large stack.
const STACK: usize = 256 << 20;
/// Programs that the gate makes.
const PROGRAMS: u64 = 250;
/// Programs that are tried to make what is found smaller.
const ATTEMPTS: usize = 2_000;
/// Programs within which every planted fault must be found.
const UNTIL_FOUND: u64 = 150;
/// The same for a planted fault: it is only shown that they help.
const FEW_ATTEMPTS: usize = 1_500;
/// Longest text of a program that shows a planted fault, in bytes, once it is shrunk.
const SMALL: usize = 1_200;
/// Exit code of an attempt apart that shows the fault without a crash.
const SHOWN: i32 = 77;

fn on_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

/// A number that is set from outside.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Where a file of these tests lies.
fn own_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn seed_of(seed: u64, number: u64) -> u64 {
    seed.wrapping_mul(1 << 32).wrapping_add(number)
}

fn how(seed: u64) -> How {
    How {
        seed,
        planted: None,
        json: true,
    }
}

/// What was found, made small: the program, and what is wrong with it.
fn smaller(choices: &Choices, how: How, found: &Found, attempts: usize) -> (String, String) {
    let mut last = found.clone();
    // Other choices often make the same text.
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    let small = shrink(Tried::of(choices), attempts * 10, &mut |choices| {
        let mut choices = Choices::replayed(choices.to_vec());
        let text = write(&mut choices);
        if known.len() >= attempts {
            return None;
        }
        let shows = known.get(&text).copied().unwrap_or_else(|| {
            let now = look(&text, how, &mut Seen::default()).err();
            let now = now.filter(|now| now.kind == found.kind);
            let shows = now.is_some();
            last = now.unwrap_or_else(|| last.clone());
            known.insert(text, shows);
            shows
        });
        shows.then(|| Tried::of(&choices))
    });
    let text = write(&mut Choices::replayed(small.taken));
    let told = asked_smaller(&text, how, &last, attempts).unwrap_or(last.told);
    (text, told)
}

/// The question of a program, made small: its arguments, then the rows.
fn asked_smaller(text: &str, how: How, found: &Found, attempts: usize) -> Option<String> {
    let (id, asked) = found.asked.as_ref()?;
    let compiled = compile(text, &mut Seen::default()).ok()??;
    let mut told = found.told.clone();
    let mut ask = |question: Question<'_>| {
        let now = again(&compiled, how, question)?;
        told = now.told;
        Some((now.rows, now.asked?.1))
    };
    let small = shrink(Tried::alone(asked.clone()), attempts, &mut |asked| {
        ask((*id, &found.rows, asked)).map(|(_, asked)| Tried::alone(asked))
    });
    shrink(Tried::alone(found.rows.clone()), attempts, &mut |rows| {
        ask((*id, rows, &small.taken)).map(|(rows, _)| Tried::alone(rows))
    });
    Some(told)
}

/// Looks at one program that a seed makes; what is wrong, shrunk.
fn made(seed: u64, number: u64, seen: &mut Seen) -> Option<String> {
    let how = how(seed_of(seed, number));
    let mut choices = Choices::seeded(how.seed);
    let text = write(&mut choices);
    if std::env::var_os("ASSIZE_SHOW").is_some() {
        eprintln!("---- {number}\n{text}");
    }
    let found = look(&text, how, seen).err()?;
    let (text, told) = smaller(&choices, how, &found, ATTEMPTS);
    let told = format!(
        "{:?} (ASSIZE_SEED={seed} ASSIZE_ONLY={number}): {told}\n{text}",
        found.kind
    );
    // A long run is looked at while it runs.
    eprintln!("----\n{told}");
    Some(told)
}

#[test]
fn what_was_found_before_is_decided_alike() {
    on_large_stack(|| {
        let folder = repository_root().join("tests/programs");
        let mut seen = Seen::default();
        let mut faults = Vec::new();
        let files = std::fs::read_dir(&folder).expect("the programs that were found");
        let mut files: Vec<PathBuf> = files.map(|it| it.expect("a file").path()).collect();
        files.sort();
        files.retain(|it| it.extension().is_some_and(|it| it == "assize"));
        for file in &files {
            let text = std::fs::read_to_string(file).expect("a program");
            if let Err(found) = look(&text, how(1), &mut seen) {
                faults.push(format!("{}: {}", file.display(), found.told));
            }
        }
        assert_eq!((seen.programs, seen.refusals), (files.len(), 0));
        let seeds = std::fs::read_to_string(folder.join("seeds.txt")).expect("the seeds");
        for line in seeds.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace().map(str::parse::<u64>);
            let seed = words.next().expect("a seed").expect("a number");
            let number = words.next().expect("a number").expect("a number");
            faults.extend(made(seed, number, &mut seen));
        }
        assert!(faults.is_empty(), "{faults:#?}");
    });
}

#[test]
fn made_programs_are_decided_alike() {
    on_large_stack(|| {
        let programs = setting("ASSIZE_PROGRAMS").unwrap_or(PROGRAMS);
        let seed = setting("ASSIZE_SEED").unwrap_or(1);
        let only = setting("ASSIZE_ONLY");
        if std::env::var_os("ASSIZE_APART").is_some() {
            shrunk_apart(seed, only.expect("ASSIZE_ONLY, the number of a program"));
            return;
        }
        let mut seen = Seen::default();
        let mut faults = Vec::new();
        for number in 0..programs {
            if only.is_some_and(|only| only != number) {
                continue;
            }
            let at = format!("ASSIZE_SEED={seed} ASSIZE_ONLY={number}\n");
            std::fs::write(own_file("programs-at.txt"), at).expect("a file of its own");
            faults.extend(made(seed, number, &mut seen));
        }
        tell(&seen);
        assert!(faults.is_empty(), "{} faults", faults.len());
        if only.is_none() {
            enough(&seen);
        }
    });
}

fn tell(seen: &Seen) {
    let failed: usize = seen.failed.values().sum();
    println!(
        "{} programs, {} refused {:?}; {} answers by machine code, {} left, {failed} failed {:?}; \
         {} texts; not yet {:?}",
        seen.programs,
        seen.refusals,
        seen.refused,
        seen.same,
        seen.left,
        seen.failed,
        seen.texts,
        seen.not_yet
    );
}

/// Else nothing much was looked at.
fn enough(seen: &Seen) {
    let all = seen.programs + seen.refusals;
    assert!(
        seen.refusals * 20 < all,
        "{} of {all} programs are refused: {:?}",
        seen.refusals,
        seen.refused
    );
    // Machine code leaves little of what has a value.
    assert!(
        seen.same > 20 * seen.left,
        "{} and {}",
        seen.same,
        seen.left
    );
    assert!(seen.same > 30 * seen.programs, "{} answers", seen.same);
    for code in [
        "overflow",
        "undecided",
        "out_of_range",
        "missing_data",
        "stopped",
    ] {
        assert!(seen.failed.contains_key(code), "nothing ends with {code}");
    }
    let lacking: Vec<&str> = coverage::all()
        .filter(|it| !seen.covered.contains(it))
        .collect();
    assert!(lacking.is_empty(), "no program holds {lacking:?}");
}

/// Every fault that machine code makes on purpose is found, and what shows it is made small.
#[test]
fn planted_faults_are_found_and_made_small() {
    on_large_stack(|| {
        let mut left = Planted::ALL.to_vec();
        for number in 0..UNTIL_FOUND {
            if left.is_empty() {
                break;
            }
            let seed = seed_of(1, number);
            let mut choices = Choices::seeded(seed);
            let text = write(&mut choices);
            let compiled = compile(&text, &mut Seen::default()).expect("no fault of its own");
            let Some(compiled) = compiled else {
                continue;
            };
            left.retain(|planted| {
                let how = How {
                    seed,
                    planted: Some(*planted),
                    json: false,
                };
                let Err(found) = look_at(&compiled, how, &mut Seen::default()) else {
                    return true;
                };
                assert_eq!(found.kind, Kind::Value, "{}", found.told);
                let (small, told) = smaller(&choices, how, &found, FEW_ATTEMPTS);
                println!(
                    "{planted:?} in program {number} of {} bytes, {told}\n{small}",
                    text.len()
                );
                assert!(
                    small.len() < SMALL,
                    "{planted:?} is shown by {} bytes",
                    small.len()
                );
                false
            });
        }
        assert!(left.is_empty(), "not found: {left:?}");
    });
}

/// One attempt apart: the process ends as the program lets it.
#[test]
fn an_attempt_apart() {
    let Some(file) = std::env::var_os("ASSIZE_CHOICES") else {
        return;
    };
    on_large_stack(move || {
        let text = std::fs::read_to_string(file).expect("choices");
        let mut numbers = text.split_whitespace();
        let seed = numbers.next().and_then(|it| it.parse().ok());
        let choices = numbers.filter_map(|it| it.parse().ok()).collect();
        let text = write(&mut Choices::replayed(choices));
        let how = how(seed.expect("a seed"));
        if look(&text, how, &mut Seen::default()).is_err() {
            std::process::exit(SHOWN);
        }
    });
}

/// Shrinks a program that ends the process.
fn shrunk_apart(seed: u64, number: u64) {
    let seed = seed_of(seed, number);
    let file = own_file(&format!("choices-{}.txt", std::process::id()));
    let this = std::env::current_exe().expect("this test");
    let mut shows = |choices: &[u32]| {
        let mut choices = Choices::replayed(choices.to_vec());
        write(&mut choices);
        let numbers: Vec<String> = choices.taken().iter().map(u32::to_string).collect();
        std::fs::write(&file, format!("{seed} {}", numbers.join(" "))).expect("a file of its own");
        let ended = Command::new(&this)
            .args(["--exact", "an_attempt_apart"])
            .env("ASSIZE_CHOICES", &file)
            .output()
            .expect("a process");
        // A panic of the test itself is no fault of a program.
        let shown = !ended.status.success() && ended.status.code() != Some(101);
        shown.then(|| Tried::of(&choices))
    };
    let mut choices = Choices::seeded(seed);
    write(&mut choices);
    let start = shows(choices.taken()).expect("a program that shows a fault");
    let small = shrink(start, ATTEMPTS, &mut shows);
    eprintln!("{}", write(&mut Choices::replayed(small.taken)));
}
