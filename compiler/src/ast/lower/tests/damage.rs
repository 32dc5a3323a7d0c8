//! The whole corpus, and what damage to it takes away.

use super::*;

/// The example packages and the blocks of the language reference.
const CORPUS: &[&str] = &[
    include_str!("../../../../../grammar/tests/corpus/bc-credit.assize"),
    include_str!("../../../../../grammar/tests/corpus/bc-document.assize"),
    include_str!("../../../../../grammar/tests/corpus/bc-model.assize"),
    include_str!("../../../../../grammar/tests/corpus/bc-price.assize"),
    include_str!("../../../../../grammar/tests/corpus/bc-stock.assize"),
    include_str!("../../../../../grammar/tests/corpus/quote.assize"),
    include_str!("../../../../../grammar/tests/corpus/shop.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-01.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-02.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-03.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-04.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-05.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-06.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-07.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-08.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-09.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-10.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-11.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-12.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-13.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-14.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-15.assize"),
    include_str!("../../../../../grammar/tests/corpus/reference-16.assize"),
];

#[test]
fn the_corpus_lowers_without_faults() {
    for file in CORPUS {
        for text in declarations(file) {
            let parsed = parse_declaration(text);
            let (decl, faults) = lower_declaration(&parsed.tree);
            assert_eq!(faults, [], "{text}");
            let shown = print::decl(&decl);
            assert!(
                !shown.contains("error") || text.contains("error"),
                "{text}\n{shown}"
            );
            assert!(decl.item != Item::Broken, "{text}");
        }
    }
}

/// What other declarations see: name, parameters and result.
fn seen(item: &Item) -> Option<(String, Vec<ParamDecl>, Option<TypeExpr>)> {
    let (params, result) = match item {
        Item::Define(decl) | Item::Decision(decl) => (&decl.params, &decl.result),
        Item::Rule(decl) => (&decl.params, &decl.result),
        Item::Table(decl) => (&decl.params, &decl.result),
        Item::Reason(decl) => (&decl.params, &None),
        _ => {
            return item
                .name()
                .map(|name| (name.text.to_string(), Vec::new(), None));
        }
    };
    Some((
        item.name()?.text.to_string(),
        params.clone(),
        result.clone(),
    ))
}

/// Where the part that others need ends: for a function behind its result, else behind its name.
fn header_end(text: &str, decl: &Decl) -> usize {
    let result = match &decl.item {
        Item::Define(decl) | Item::Decision(decl) => decl.result.as_ref(),
        Item::Rule(decl) => decl.result.as_ref(),
        Item::Table(decl) => decl.result.as_ref(),
        _ => None,
    };
    let named = decl.item.name().map(|name| name.span);
    let end = result.map(|ty| ty.span).or(named).unwrap_or(decl.span).end as usize;
    // The rest of that line belongs to the header: an added character would lengthen its last word.
    text[end..].find('\n').map_or(text.len(), |line| end + line)
}

/// Nothing panics, and damage below the header line takes nothing from what others see.
fn check_damage(damaged: &str, wanted: Option<&(String, Vec<ParamDecl>, Option<TypeExpr>)>) {
    let parsed = parse_declaration(damaged);
    let (decl, faults) = lower_declaration(&parsed.tree);
    print::decl(&decl);
    for fault in faults {
        assert!(
            damaged
                .get(fault.range.start as usize..fault.range.end as usize)
                .is_some()
        );
    }
    if let Some(wanted) = wanted {
        assert_eq!(seen(&decl.item).as_ref(), Some(wanted), "{damaged}");
    }
}

#[test]
fn damage_takes_no_name_and_no_parameter() {
    for file in CORPUS {
        for text in declarations(file) {
            let (decl, _) = lower_declaration(&parse_declaration(text).tree);
            let header = header_end(text, &decl);
            let wanted = seen(&decl.item);
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            // A step that is prime to the length of lines samples every column of long texts.
            let step = 1 + 2 * (text.len() / 30);
            for at in ends.into_iter().step_by(step) {
                let keep = wanted.as_ref().filter(|_| at > header);
                check_damage(&text[..at], keep);
                let width = text[at..].chars().next().map_or(0, char::len_utf8);
                check_damage(&format!("{}{}", &text[..at], &text[at + width..]), keep);
                check_damage(&format!("{}({}", &text[..at], &text[at..]), keep);
                check_damage(&format!("{}\"{}", &text[..at], &text[at..]), keep);
            }
        }
    }
}
