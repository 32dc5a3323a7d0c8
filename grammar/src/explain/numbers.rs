//! Mistakes in numbers: dates, decimal commas, groups of digits, percent and currency signs.

use super::proposal::Proposal;
use super::scene::{Scene, Sort, Token};

pub(super) const CHECKS: &[super::Check] = &[dates, grouped_or_comma, percent, currency, forms];

/// The run of digits and parting signs around the error.
fn run<'t>(scene: &Scene<'t>, parts: &[char]) -> Option<(usize, &'t str)> {
    let belongs = |c: char| c.is_ascii_digit() || parts.contains(&c);
    let before = scene.slice(0, scene.at);
    let start = before.trim_end_matches(belongs).len();
    let after = scene.slice(scene.at, scene.text.len());
    let length = after.len() - after.trim_start_matches(belongs).len();
    let whole = scene.slice(start, scene.at + length);
    let kept = whole.trim_end_matches(|c: char| !c.is_ascii_digit());
    let begins = before
        .get(..start)
        .is_none_or(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    (begins && kept.starts_with(|c: char| c.is_ascii_digit())).then_some((start, kept))
}

fn dates(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, written) = run(scene, &['.', '/', '-'])?;
    let parts: Vec<&str> = written.split(['.', '/', '-']).collect();
    let [a, b, c] = *parts.as_slice() else {
        return None;
    };
    if [a, b, c]
        .iter()
        .any(|part| part.is_empty() || part.len() > 4)
    {
        return None;
    }
    let number = |part: &str| part.parse::<u32>().ok();
    let (first, second, third) = (number(a)?, number(b)?, number(c)?);
    let end = start + written.len();
    // Readings as (year, month, day), the likelier first.
    let mut readings: Vec<(u32, u32, u32)> = Vec::new();
    let mut short_year = false;
    if a.len() == 4 {
        readings.push((first, second, third));
    } else {
        short_year = c.len() <= 2;
        let year = if short_year { 2000 + third } else { third };
        readings.push((year, second, first));
        if written.contains('/') && first != second {
            readings.push((year, first, second));
        }
    }
    let in_year = |month: &u32| (1..=12).contains(month);
    // What is already written like a date is one, and stands where it does not belong. `1.2.3` has
    // the form of a version, `10-2-3` is a calculation.
    let (whole, last) = (a.len() == 4 || c.len() == 4, c.len() == 2);
    if !(whole || written.contains('.') && last)
        || readings
            .iter()
            .all(|(_, month, day)| !in_year(month) || !(1..=31).contains(day))
    {
        return None;
    }
    if written.contains('-') && [a.len(), b.len(), c.len()] == [4, 2, 2] {
        return time_of_day(scene, start, end);
    }
    readings.retain(|(year, month, day)| in_year(month) && (1..=days(*year, *month)).contains(day));
    let shown = |(year, month, day): (u32, u32, u32)| format!("{year:04}-{month:02}-{day:02}");
    let certain = readings.len() == 1 && !short_year;
    let mut proposal = Proposal::new(
        "A0111",
        start,
        end,
        format!("`{written}` is not the form of a date"),
    )
    .because("a date is written year-month-day, with four, two and two digits");
    if readings.len() > 1 {
        proposal = proposal.because("it can be read with the day first or with the month first");
    }
    for reading in &readings {
        let text = shown(*reading);
        proposal = proposal.fix(&format!("write `{text}`"), start, end, &text, certain);
    }
    let choices: Vec<String> = readings
        .iter()
        .map(|reading| format!("`{}`", shown(*reading)))
        .collect();
    if choices.is_empty() {
        return Some(
            proposal
                .because("and no month has this day")
                .instead("write the day that is meant")
                .sure(),
        );
    }
    Some(
        proposal
            .instead(format!("write {}", choices.join(" or ")))
            .sure(),
    )
}

/// The days of a month.
fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `2026-12-31T10:00`: what follows a good date.
fn time_of_day(scene: &Scene<'_>, start: usize, end: usize) -> Option<Proposal> {
    let rest = scene.slice(end, scene.text.len());
    let time = rest.strip_prefix(['T', 't'])?;
    let length = time.len()
        - time
            .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z' | 'z'))
            .len();
    let after = end + 1 + length;
    let date = scene.slice(start, end);
    (length > 0).then(|| {
        Proposal::new(
            "A0111",
            start,
            after,
            format!("`{date}` is followed by a time of day"),
        )
        .because("a date is a day; rules know no time of day, so that each day has one answer")
        .instead(format!("write `{date}`"))
        .choice("remove the time of day", end, after, "")
        .sure()
    })
}

fn grouped_or_comma(scene: &Scene<'_>) -> Option<Proposal> {
    if let Some((start, written)) = run(scene, &[',', '.', '\'', '’'])
        && let Some(proposal) =
            in_cell(scene, start, written).or_else(|| number_form(start, written))
    {
        return Some(proposal);
    }
    // `1 000 000`: groups of three parted by a blank.
    let previous = scene.here.checked_sub(1)?;
    let first = scene
        .token(previous)
        .filter(|token| token.sort == Sort::Number)?;
    let lead = scene.word(previous);
    if lead.len() > 3 || lead.contains('.') {
        return None;
    }
    let mut text = lead.to_owned();
    let mut end = first.end;
    let mut index = scene.here;
    while let Some(token) = scene
        .token(index)
        .filter(|token| token.sort == Sort::Number)
    {
        let word = scene.word(index);
        let whole = word.split('.').next().unwrap_or_default();
        if whole.len() != 3 || scene.slice(end, token.start) != " " {
            break;
        }
        text.push('_');
        text.push_str(word);
        end = token.end;
        index += 1;
    }
    (end > first.end).then(|| {
        let written = scene.slice(first.start, end);
        Proposal::new(
            "A0150",
            first.start,
            end,
            format!("`{written}` is read as several numbers"),
        )
        .because("groups of digits are parted by `_` alone")
        .instead(format!("write `{text}`"))
        .choice(&format!("write `{text}`"), first.start, end, &text)
    })
}

/// In a cell of a table a comma also parts values: what is meant is asked.
fn in_cell(scene: &Scene<'_>, start: usize, written: &str) -> Option<Proposal> {
    if !scene.is_cell(start) {
        return None;
    }
    let parts: Vec<&str> = written.split(',').collect();
    let number = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.ends_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    if parts.len() < 2 || !parts.iter().all(number) {
        return None;
    }
    let end = start + written.len();
    let values = parts.join(", ");
    let several = format!("write `{values}`");
    let proposal = Proposal::new(
        "A0104",
        start,
        end,
        format!("`{written}` has a comma between digits"),
    )
    .because("the decimal point is `.`, and a comma that parts values has a blank behind it")
    .sure();
    let (whole, rest) = parts.split_first()?;
    let mut readings = Vec::new();
    if let [fraction] = *rest
        && !written.contains('.')
    {
        readings.push(format!("{whole}.{fraction}"));
    }
    if whole.len() <= 3 && *whole != "0" && rest.iter().all(|part| part.len() == 3) {
        readings.push(parts.join("_"));
    }
    let mut shown: Vec<String> = readings.iter().map(|one| format!("`{one}`")).collect();
    shown.push(format!("`{values}` for {} values", parts.len()));
    let only = readings.is_empty();
    let proposal = proposal.instead(format!("write {}", shown.join(", or ")));
    let proposal = readings.iter().fold(proposal, |proposal, one| {
        proposal.choice(&format!("write `{one}`"), start, end, one)
    });
    Some(proposal.fix(&several, start, end, &values, only))
}

/// Numbers with a decimal comma or with marks between groups of three digits.
fn number_form(start: usize, written: &str) -> Option<Proposal> {
    let end = start + written.len();
    let marks: Vec<char> = written.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).collect();
    let (whole, rest) = parts.split_first()?;
    if parts.iter().any(|part| part.is_empty()) || marks.is_empty() {
        return None;
    }
    let grouped = |parts: &[&str]| {
        !whole.is_empty()
            && whole.len() <= 3
            && *whole != "0"
            && parts.iter().all(|part| part.len() == 3)
    };
    let group = |text: &str, certain: bool| {
        let title = format!("write `{text}`");
        Proposal::new(
            "A0150",
            start,
            end,
            format!("`{written}` is not the form of a number"),
        )
        .because("groups of digits are parted by `_`, and the decimal point is `.`")
        .fix(&title, start, end, text, certain)
        .sure()
    };
    let last = *marks.last()?;
    let same = marks.iter().all(|mark| *mark == last);
    let inner_same = marks.split_last().is_some_and(|(_, inner)| {
        inner
            .first()
            .is_some_and(|first| inner.iter().all(|mark| mark == first))
    });
    if same && last == ',' && marks.len() == 1 {
        let point = parts.join(".");
        if grouped(rest) {
            let thousands = parts.join("_");
            return Some(
                group(&thousands, false)
                    .because("it can mean a whole number or a decimal fraction")
                    .instead(format!("write `{thousands}` or `{point}`"))
                    .choice(&format!("write `{point}`"), start, end, &point),
            );
        }
        return Some(
            Proposal::new(
                "A0104",
                start,
                end,
                format!("`{written}` has a comma for a decimal point"),
            )
            .because("the decimal point is `.`; a comma parts values from each other")
            .instead(format!("write `{point}`"))
            .certain(&format!("write `{point}`"), start, end, &point)
            .sure(),
        );
    }
    if same && last != '.' && grouped(rest)
        || same && last == '.' && marks.len() > 1 && grouped(rest)
    {
        let text = parts.join("_");
        return Some(group(&text, true).instead(format!("write `{text}`")));
    }
    let (fraction, groups) = rest.split_last()?;
    if !same && inner_same && matches!(last, '.' | ',') && grouped(groups) {
        let text = format!("{whole}_{}.{fraction}", groups.join("_"));
        return Some(group(&text, true).instead(format!("write `{text}`")));
    }
    None
}

fn percent(scene: &Scene<'_>) -> Option<Proposal> {
    let index =
        (scene.here.saturating_sub(1)..=scene.here).find(|index| scene.word(*index) == "%")?;
    let sign = scene.token(index)?;
    let number = index.checked_sub(1).and_then(|index| scene.token(index));
    if let Some(number) =
        number.filter(|number| number.sort == Sort::Number && number.end < sign.start)
    {
        let written = scene.slice(number.start, number.end);
        return Some(
            Proposal::new(
                "A0151",
                number.start,
                sign.end,
                format!("between `{written}` and `%` stands a blank"),
            )
            .because("the sign belongs to its number")
            .instead(format!("write `{written}%`"))
            .certain("remove the blank", number.end, sign.start, ""),
        );
    }
    let number = scene
        .token(index + 1)
        .filter(|number| number.sort == Sort::Number)?;
    let written = scene.slice(number.start, number.end);
    Some(
        Proposal::new(
            "A0151",
            sign.start,
            number.end,
            format!("`%` stands before `{written}`"),
        )
        .because("the sign stands behind its number")
        .instead(format!("write `{written}%`"))
        .certain(
            &format!("write `{written}%`"),
            sign.start,
            number.end,
            &format!("{written}%"),
        ),
    )
}

const CURRENCIES: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₣", "CHF"),
    ("₺", "TRY"),
    ("₹", "INR"),
    ("zł", "PLN"),
];

fn currency(scene: &Scene<'_>) -> Option<Proposal> {
    (scene.here.saturating_sub(1)..=scene.here).find_map(|index| {
        let sign = scene.token(index)?;
        let (shown, name) = CURRENCIES
            .iter()
            .find(|(shown, _)| *shown == scene.word(index))?;
        let number = |index: usize| {
            scene
                .token(index)
                .filter(|token| token.sort == Sort::Number)
        };
        let before = index.checked_sub(1).and_then(number);
        let number = before.or_else(|| number(index + 1))?;
        let written = scene.slice(number.start, number.end);
        let (start, end) = (sign.start.min(number.start), sign.end.max(number.end));
        let text = format!("{written} {name}");
        Some(
            Proposal::new("A0152", start, end, format!("`{shown}` is not a currency"))
                .because(
                    "a currency is a name that the rules declare, and stands behind its number",
                )
                .instead(format!(
                    "write `{text}`, if `{name}` is the name that is declared"
                ))
                .choice(&format!("write `{text}`"), start, end, &text)
                .sure(),
        )
    })
}

/// `.5`, `5.`, `5EUR`, `1e5`, `EUR 5`.
fn forms(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let proposal = |start: usize, end: usize| {
        let shown = scene.slice(start, end);
        Proposal::new("A0187", start, end, format!("`{shown}` is not the form of a number"))
            .because("a number is written with its digits on both sides of the point, and its unit behind it with a blank")
    };
    let number = |index: usize| {
        scene
            .token(index)
            .filter(|token| token.sort == Sort::Number)
    };
    // `5.` at the end: nothing stands behind the point.
    if scene.token(here).is_none()
        && scene.before(here, 1) == "."
        && let Some(digits) = here.checked_sub(2).and_then(number)
        && digits.end == scene.start(here - 1)
    {
        let written = scene.slice(digits.start, digits.end);
        return Some(
            proposal(digits.start, scene.end_before(here))
                .instead(format!("write `{written}`"))
                .certain("remove the point", digits.end, scene.end_before(here), ""),
        );
    }
    let token = scene.token(here)?;
    if let Some(proposal) = unit_first(scene) {
        return Some(proposal);
    }
    if scene.word(here) == "."
        && !(here > scene.from && scene.value_before(here))
        && let Some(digits) = number(here + 1).filter(|digits| digits.start == token.end)
    {
        let ours = format!("0{}", scene.slice(token.start, digits.end));
        return Some(
            proposal(token.start, digits.end)
                .instead(format!("write `{ours}`"))
                .certain(&format!("write `{ours}`"), token.start, digits.end, &ours),
        );
    }
    let before = here.checked_sub(1)?;
    if scene.word(before) == "."
        && let Some(digits) = before.checked_sub(1).and_then(number)
        && digits.end == scene.start(before)
        && token.start > scene.end_before(here)
    {
        if number(here).is_some() {
            return parted_date(scene, digits, here);
        }
        let written = scene.slice(digits.start, digits.end);
        return Some(
            proposal(digits.start, scene.end_before(here))
                .instead(format!("write `{written}`"))
                .certain("remove the point", digits.end, scene.end_before(here), ""),
        );
    }
    let digits = number(here)?;
    let word = scene
        .token(here + 1)
        .filter(|word| word.sort == Sort::Word && word.start == digits.end)?;
    let (written, unit) = (
        scene.slice(digits.start, digits.end),
        scene.slice(word.start, word.end),
    );
    let power = unit
        .strip_prefix(['e', 'E'])
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
    if power {
        return Some(
            proposal(digits.start, word.end)
                .instead("write all its digits, in groups parted by `_` if they are many")
                .sure(),
        );
    }
    let ours = match unit.to_lowercase().as_str() {
        "pct" | "percent" => format!("{written}%"),
        _ => format!("{written} {unit}"),
    };
    Some(
        proposal(digits.start, word.end)
            .instead(format!("write `{ours}`"))
            .certain(&format!("write `{ours}`"), digits.start, word.end, &ours),
    )
}

/// `EUR 5`: a currency before its amount.
fn unit_first(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let number = scene
        .token(here)
        .filter(|token| token.sort == Sort::Number && !token.first)?;
    let index = here.checked_sub(1)?;
    let unit = scene.token(index)?;
    let name = scene.word(index);
    // Where a value begins, a name of three capital letters is a currency.
    let begins = !scene.value_before(index) || unit.first;
    let currency = name.len() == 3 && name.chars().all(|c| c.is_ascii_uppercase());
    if !currency || !begins || index < scene.from {
        return None;
    }
    let written = scene.slice(number.start, number.end);
    let ours = format!("{written} {name}");
    Some(
        Proposal::new(
            "A0187",
            unit.start,
            number.end,
            format!("`{name}` stands before `{written}`"),
        )
        .because("a unit and a currency stand behind their number")
        .instead(format!("write `{ours}`"))
        .certain(&format!("write `{ours}`"), unit.start, number.end, &ours),
    )
}

/// `31. 12. 2026`: a date with blanks behind its points.
fn parted_date(scene: &Scene<'_>, day: Token, here: usize) -> Option<Proposal> {
    let value = |start: usize, end: usize| scene.slice(start, end).parse::<u32>().ok();
    let (month, year) = (scene.token(here)?, scene.token(here + 2)?);
    let (d, m, y) = (
        value(day.start, day.end)?,
        value(month.start, month.end)?,
        value(year.start, year.end)?,
    );
    let said = scene.word(here + 1) == "." && year.end == year.start + 4;
    (said && (1..=12).contains(&m) && (1..=days(y, m)).contains(&d)).then(|| {
        let text = format!("{y:04}-{m:02}-{d:02}");
        let shown = scene.slice(day.start, year.end);
        Proposal::new(
            "A0111",
            day.start,
            year.end,
            format!("`{shown}` is not the form of a date"),
        )
        .because("a date is written year-month-day, with four, two and two digits")
        .instead(format!("write `{text}`"))
        .certain(&format!("write `{text}`"), day.start, year.end, &text)
        .sure()
    })
}
