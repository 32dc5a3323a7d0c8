//! The TextMate grammar as data. The words come from the table of words; what a regular expression
//! cannot know (whether a word in its place is a word or a name) is guessed from its neighbours.

use assize_grammar::words::{self, NOT_A_UNIT, WordClass};
use serde_json::{Value, json};

const NAME: &str = r"[\p{L}_][\p{L}\p{N}_]*";
const PATH: &str = r"[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*";

fn alternatives(class: WordClass) -> String {
    words::of_class(class).collect::<Vec<_>>().join("|")
}

fn rule(scope: &str, pattern: &str) -> Value {
    json!({ "name": scope, "match": pattern })
}

/// A pattern whose groups have scopes, in their order; an empty scope leaves a group alone.
fn groups(pattern: &str, scopes: &[&str]) -> Value {
    let mut captures = serde_json::Map::new();
    for (index, scope) in scopes
        .iter()
        .enumerate()
        .filter(|(_, scope)| !scope.is_empty())
    {
        captures.insert((index + 1).to_string(), json!({ "name": scope }));
    }
    json!({ "match": pattern, "captures": captures })
}

const WORD: &str = "keyword.control.assize";
const PLACED: &str = "keyword.other.assize";
const TYPE: &str = "entity.name.type.assize";

fn declarations() -> Value {
    let words = alternatives(WordClass::Declaration);
    let keyword = "storage.type.declaration.assize";
    json!([
        // Parameters: what follows a colon is a type.
        {
            "begin": format!(r"^(define|decision|rule|table|reason)\b[ \t]+({NAME})\s*\("),
            "beginCaptures": { "1": { "name": keyword }, "2": { "name": "entity.name.function.assize" } },
            "end": r"\)|^(?=\S)",
            "patterns": parameters(),
        },
        {
            "begin": r"^\s+(for)\s+(all)\b",
            "beginCaptures": { "1": { "name": WORD }, "2": { "name": PLACED } },
            "end": r"$|(?=\bwhere\b)",
            "patterns": parameters(),
        },
        groups(
            &format!(r"^(module|use|extend)\b\s*({PATH})?"),
            &[keyword, "entity.name.namespace.assize"]
        ),
        groups(
            &format!(r"^(number|enum|record|data)\b\s*({NAME})?"),
            &[keyword, TYPE]
        ),
        groups(
            &format!(r"^(parameter)\b\s*({NAME})?\s*(:)?\s*({PATH})?"),
            &[
                keyword,
                "entity.name.constant.assize",
                "punctuation.separator.assize",
                TYPE
            ]
        ),
        groups(
            &format!(r"^(currency|unit|test|property|reason)\b(?:[ \t]+({NAME}))?"),
            &[keyword, "entity.name.constant.assize"]
        ),
        groups(
            &format!(r"^({words})\b(?:[ \t]+({NAME}))?"),
            &[keyword, "entity.name.function.assize"]
        ),
    ])
}

fn parameters() -> Value {
    let pattern = format!(r"(?:(sensitive)\s+)?({NAME})\s*(:)\s*((?:list\s+of\s+)*)({PATH})(\?)?");
    let parameter = groups(
        &pattern,
        &[
            PLACED,
            "variable.parameter.assize",
            "punctuation.separator.assize",
            PLACED,
            TYPE,
            "punctuation.optional.assize",
        ],
    );
    json!([{ "include": "#comments" }, parameter, { "include": "#expression" }])
}

fn types() -> Value {
    let list = r"((?:list\s+of\s+)*)";
    let mark = "punctuation.separator.assize";
    json!([
        groups(
            &format!(r"\b(gives)\b\s*{list}({PATH})?(\?)?"),
            &[WORD, PLACED, TYPE, "punctuation.optional.assize"]
        ),
        // Fields: a blank stands before the colon. At the start of a line `key` may lead them, and
        // before each of them `sensitive`.
        groups(
            &format!(r"^\s+(key)\s+(?:(sensitive)\s+)?({NAME})\s*(:)\s*{list}({PATH})(\?)?"),
            &[
                PLACED,
                PLACED,
                "variable.other.member.assize",
                mark,
                PLACED,
                TYPE,
                "punctuation.optional.assize"
            ]
        ),
        groups(
            &format!(
                r"(?<![.\p{{L}}\p{{N}}_])(?:(sensitive)\s+)?({NAME})(\s+:)\s*{list}({PATH})(\?)?"
            ),
            &[
                PLACED,
                "variable.other.member.assize",
                mark,
                PLACED,
                TYPE,
                "punctuation.optional.assize"
            ]
        ),
        groups(
            &format!(r"\b(let|carry)\s+({NAME})\s*(:)\s*{list}({PATH})(\?)?"),
            &[
                WORD,
                "variable.other.assize",
                mark,
                PLACED,
                TYPE,
                "punctuation.optional.assize"
            ]
        ),
        groups(
            &format!(r"(?<![.\p{{L}}\p{{N}}_])({NAME})(\s*:)"),
            &["variable.parameter.assize", mark]
        ),
    ])
}

fn placed() -> Value {
    let reserved = format!(
        "{}|{}",
        alternatives(WordClass::Reserved),
        alternatives(WordClass::Constant)
    );
    let both = [PLACED, PLACED];
    let three = [PLACED, PLACED, PLACED];
    json!([
        groups(
            r"\b(sum|count|lowest|highest|first|all|any|none|share|list)\s+(of)\b",
            &both
        ),
        groups(r"\b(as)\s+(of)\b", &[WORD, PLACED]),
        groups(r"\b(at)\s+(least|most)\b", &both),
        groups(r"\b(for)\s+(each|all)\b", &[WORD, PLACED]),
        groups(
            &format!(r"\b(exists|every|group)(?=\s+{NAME}\s+in\b)"),
            &[PLACED]
        ),
        groups(r"\b(carrying)\s+(remainder)\b", &[WORD, PLACED]),
        groups(r"\b(rest)\s+(to)\s+(largest|first|last)\b", &three),
        groups(r"^\s+(check)\s+(distinct)\b", &both),
        groups(r"\b(while)\s+(valid)\b", &[PLACED, WORD]),
        groups(r"\b(rows)(?=\s+at\s+most\b)", &[PLACED]),
        groups(r"\b(fresh)\s+(within)\b", &both),
        groups(
            r"\b(open)\s+(to)\s+(values|exceptions)\b",
            &[PLACED, WORD, PLACED]
        ),
        groups(r"\b(exceptions)\s+(may)\s+(agree)\b", &three),
        groups(r"\b(yields)\s+(to)\b", &[PLACED, WORD]),
        groups(r"\b(up)\s+(to)\b", &[PLACED, WORD]),
        groups(r"\b(to)\s+(below)\b", &[WORD, PLACED]),
        groups(r"\b(money)\s+(in)\b", &[PLACED, WORD]),
        groups(r"\b(valid)\s+(from|on)\b", &[WORD, PLACED]),
        groups(r"\b(expect)\s+(error)\b", &[WORD, PLACED]),
        groups(r"^\s+(info|warning|error)(?=\s+\x22)", &[PLACED]),
        groups(r"^\s+(from)(?=\s+[\d\x22])", &[PLACED]),
        groups(r"(?<=, )(from)(?=\s+-?\d)", &[PLACED]),
        groups(
            &format!(r"^\s+(hit)\s+({NAME})(?:\s+(by)\s+({NAME}))?"),
            &[
                PLACED,
                "support.constant.assize",
                WORD,
                "support.constant.assize"
            ]
        ),
        groups(
            &format!(r"^\s+(combine)\s+({NAME})"),
            &[PLACED, "support.constant.assize"]
        ),
        groups(r"^\s+(given)\s+(calendar)(?=\s+\x22)", &[PLACED, PLACED]),
        groups(r"(?:^|(?<=\x22))\s+(working)(?=\s+\d)", &[PLACED]),
        groups(r"(?<=[\d\x22])\s+(from)(?=\s+\d{4}-)", &[PLACED]),
        groups(&format!(r"^\s+(given)\s+({NAME})"), &[PLACED, TYPE]),
        groups(r"^\s+(cases)\s*$", &[PLACED]),
        groups(r"^\s+(check)\b", &[PLACED]),
        groups(r"(?<=\d )(places)\b", &[PLACED]),
        groups(r"(?<=\| )(by)(?=\s*\|)", &[WORD]),
        groups(r"(?<!then)(?<!by)(?<!,)\s+(descending)\b", &[PLACED]),
        groups(
            &format!(r"(?<=[\p{{L}}\p{{N}}_)\]])\s+(per)(?=\s+{NAME})"),
            &[PLACED]
        ),
        // `on` is a word between a term and a date, and a name before any other word.
        groups(
            &format!(
                r"(?<=[\p{{L}}\p{{N}}_)\]] )(?<!\bof )(?<!\band )(?<!\bor )(?<!\bnot )(on)(?=\s+(?!(?:{reserved})\b)[\p{{L}}_(])"
            ),
            &[PLACED]
        ),
    ])
}

pub(crate) fn grammar() -> Value {
    let reserved = alternatives(WordClass::Reserved);
    let constants = alternatives(WordClass::Constant);
    let no_unit = format!("{reserved}|{constants}|{}|places", NOT_A_UNIT.join("|"));
    json!({
        "information_for_contributors": [
            "Made from the table of words by the test `textmate` of the crate assize-grammar."
        ],
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Assize",
        "scopeName": "source.assize",
        "fileTypes": ["assize"],
        "patterns": [
            { "include": "#comments" },
            { "include": "#declarations" },
            { "include": "#named_rows" },
            { "include": "#expression" },
        ],
        "repository": {
            "comments": { "patterns": [
                rule("comment.line.double-slash.assize", "////.*$"),
                rule("comment.line.documentation.assize", "///.*$"),
                rule("comment.line.double-slash.assize", "//.*$"),
            ] },
            "declarations": { "patterns": declarations() },
            // A table whose first column is headed `#`: the first cell of each row is its name.
            "named_rows": { "patterns": [ {
                "begin": r"^\s+(\|)\s*(#)",
                "beginCaptures": {
                    "1": { "name": "punctuation.separator.table.assize" },
                    "2": { "name": "punctuation.definition.row-names.assize" },
                },
                "end": r"^(?!\s*(?:\||//|$))",
                "patterns": [
                    { "include": "#comments" },
                    groups(&format!(r"^\s+(\|)\s*({NAME})"),
                        &["punctuation.separator.table.assize", "entity.name.tag.assize"]),
                    { "include": "#expression" },
                ],
            } ] },
            "expression": { "patterns": [
                { "include": "#comments" },
                { "include": "#strings" },
                { "include": "#literals" },
                groups(&format!(r"(\.)({NAME})"), &["punctuation.accessor.assize", "variable.other.member.assize"]),
                { "include": "#types" },
                { "include": "#placed" },
                { "include": "#words" },
                { "include": "#names" },
                { "include": "#marks" },
            ] },
            "strings": { "patterns": [ {
                "name": "string.quoted.double.assize",
                "begin": r"\x22",
                "end": r"\x22|$",
                "patterns": [
                    rule("constant.character.escape.assize", r"\\.|\{\{"),
                    {
                        "name": "meta.embedded.hole.assize",
                        "begin": r"\{",
                        "end": r"\}|$",
                        "beginCaptures": { "0": { "name": "punctuation.section.embedded.begin.assize" } },
                        "endCaptures": { "0": { "name": "punctuation.section.embedded.end.assize" } },
                        "patterns": [ { "include": "#expression" } ],
                    },
                ],
            } ] },
            "literals": { "patterns": [
                rule("constant.numeric.date.assize", r"(?<![\p{L}\p{N}_])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_])"),
                rule("constant.numeric.percent.assize", r"(?<![\p{L}\p{N}_])\d+(?:_\d+)*(?:\.\d+)?%"),
                groups(
                    &format!(r"(?<![\p{{L}}\p{{N}}_])(\d+(?:_\d+)*(?:\.\d+)?)[ \t]+(?!(?:{no_unit})\b)({NAME})(?:[ \t]+(per)[ \t]+({NAME}))?"),
                    &["constant.numeric.assize", "support.type.unit.assize", PLACED, "support.type.unit.assize"],
                ),
                rule("constant.numeric.assize", r"(?<![\p{L}\p{N}_])\d+(?:_\d+)*(?:\.\d+)?"),
            ] },
            "types": { "patterns": types() },
            "placed": { "patterns": placed() },
            "words": { "patterns": [
                rule("constant.language.assize", &format!(r"\b(?:{constants})\b")),
                rule(WORD, &format!(r"\b(?:{reserved})\b")),
            ] },
            "names": { "patterns": [
                rule("entity.name.function.call.assize", &format!(r"{NAME}(?=\()")),
                rule("variable.other.assize", NAME),
            ] },
            "marks": { "patterns": [
                rule("punctuation.separator.table.assize", r"\|\|?"),
                rule("keyword.operator.symbol.assize", r"<=|>=|!=|[-+*/=<>\\]"),
                rule("punctuation.assize", r"[\[\](),.:?]"),
            ] },
        },
    })
}
