//! Names of types and functions of other languages, and what is meant by them here.
//!
//! It knows words only; whether a name is declared is asked before.

/// The type that a name of another language stands for; `None` where nothing answers to it.
pub(crate) fn type_meant(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "string" | "str" | "varchar" | "char" => "text",
        "boolean" | "logical" | "flag" => "bool",
        "integer" | "long" | "short" | "bigint" => "int",
        "decimal" | "float" | "double" | "numeric" | "real" => "number",
        "datetime" | "timestamp" | "day" => "date",
        "dateformula" => "date_formula",
        _ => return None,
    })
}

/// There is no current day.
const NO_CLOCK: &str =
    "take the day as a parameter: a decision is the same on every day for the same input";

/// What is said of a word that is no type, and in its place.
pub(crate) struct TypeMeant {
    /// What it is.
    pub(crate) claim: String,
    /// Why it is no type.
    pub(crate) because: &'static str,
    /// What to declare and write.
    pub(crate) instead: String,
}

const DIMENSION: &str = "a dimension says what is counted; a type says its decimal places and borders, too, and has a name";

/// A dimension, or a word that takes other types with it, where a type is wanted.
pub(crate) fn dimension_meant(name: &str) -> Option<TypeMeant> {
    let dimension = |instead: &str| {
        Some(TypeMeant {
            claim: format!("`{name}` is a dimension, and no type"),
            because: DIMENSION,
            instead: instead.to_string(),
        })
    };
    match name {
        "percent" => dimension("declare `number Rate = percent, 2 places`, and write `Rate` here"),
        "money" => dimension(
            "declare `number Amount = money in EUR, 2 places`, with the currency that is meant, and write `Amount` here",
        ),
        "plain" => dimension(
            "write `number`, or declare `number Factor = plain, 4 places` and write `Factor` here",
        ),
        "enum" => Some(TypeMeant {
            claim: "`enum` is no type".into(),
            because: "values to choose from are declared by themselves and used by their name",
            instead: "declare `enum Kind = x | y`, and write `Kind` here".into(),
        }),
        "list" | "List" | "array" | "Array" | "set" | "Set" => Some(TypeMeant {
            claim: format!("`{name}` does not say of what it is a list"),
            because: "a list has elements of one type",
            instead: "write `list of T`, or with a bound `list of T, at most 100`".into(),
        }),
        "object" | "Object" | "any" | "Any" | "dict" | "map" | "Map" | "json" | "struct" => {
            Some(TypeMeant {
                claim: format!("`{name}` does not say what is in it"),
                because: "each value has one type, so that mistakes are found before anything runs",
                instead:
                    "declare a `record` with the fields that are meant, and write its name here"
                        .into(),
            })
        }
        "time" | "Time" => Some(TypeMeant {
            claim: format!("there is no type `{name}`"),
            because: "rules know no time of day, so that each day has one answer",
            instead: "write `date`, or `int` for a number of minutes".into(),
        }),
        _ => None,
    }
}

/// A currency or a unit where a type is wanted.
pub(crate) fn measure_meant(name: &str) -> TypeMeant {
    let currency = name.len() == 3 && name.chars().all(|c| c.is_ascii_uppercase());
    let (kind, number) = if currency {
        ("Amount", format!("money in {name}"))
    } else {
        ("Quantity", name.to_string())
    };
    TypeMeant {
        claim: format!("`{name}` is a currency or a unit, and no type"),
        because: DIMENSION,
        instead: format!("declare `number {kind} = {number}, 2 places`, and write `{kind}` here"),
    }
}

/// What is written for a member that a list has in other languages.
pub(crate) fn list_member(name: &str, list: &str) -> Option<String> {
    // An element needs a name of its own.
    let x = if list == "x" { "y" } else { "x" };
    Some(match name.to_lowercase().as_str() {
        "length" | "size" | "count" | "len" => format!("write `count of {list}`"),
        "first" | "head" | "item" | "get" => format!("write `first of {list}`"),
        "last" | "tail" => format!("write `first of {x} in {list} by KEY descending`"),
        "sum" | "total" => {
            format!("write `sum of {list}`, or `sum of {x}.amount for {x} in {list}`")
        }
        "max" | "maximum" => {
            format!("write `highest of {list}`, or `highest of {x}.amount for {x} in {list}`")
        }
        "min" | "minimum" => {
            format!("write `lowest of {list}`, or `lowest of {x}.amount for {x} in {list}`")
        }
        "isempty" | "is_empty" | "empty" => format!("write `(count of {list}) = 0`"),
        "contains" | "includes" | "indexof" => format!("write `element in {list}`"),
        "filter" | "where" | "map" | "select" | "foreach" => {
            format!("write `for each {x} in {list} where … give …`")
        }
        "sort" | "sorted" | "orderby" | "sortby" => {
            format!("write `for each {x} in {list} by KEY give {x}`")
        }
        "any" | "some" | "exists" | "find" => format!("write `exists {x} in {list} where …`"),
        "all" | "every" => format!("write `every {x} in {list} has …`"),
        "append" | "add" | "push" | "concat" => format!("write `{list} + [element]`"),
        "average" | "avg" | "mean" => {
            format!(
                "divide the sum by the number, `(sum of {list}) / (count of {list})`, where it is not empty"
            )
        }
        _ => return None,
    })
}

/// What is written for a member that a text has in other languages.
pub(crate) fn text_member(name: &str, text: &str) -> Option<String> {
    Some(match name.to_lowercase().as_str() {
        "length" | "size" | "len" | "count" => format!("write `length({text})`"),
        "startswith" | "beginswith" => format!("write `starts_with({text}, \"A\")`"),
        "trim" | "strip" | "toupper" | "touppercase" | "upper" | "uppercase" => {
            "declare it as `code`, which is trimmed and in capital letters when it comes in".into()
        }
        "equals" | "equalsignorecase" => format!("write `{text} = …`"),
        "isempty" | "is_empty" | "empty" | "isblank" => format!("write `{text} = \"\"`"),
        _ => return None,
    })
}

/// What is meant by a word in a cell.
pub(crate) struct CellMeant {
    /// The form of a cell.
    pub(crate) because: &'static str,
    /// What to write.
    pub(crate) instead: String,
    /// What takes the place of the test.
    pub(crate) text: String,
    /// Nothing else can be meant.
    pub(crate) certain: bool,
}

/// A word that takes every value, or all the others, in the tables of other notations.
pub(crate) fn cell_meant(word: &str) -> Option<CellMeant> {
    let because = "a cell that asks nothing is `-`";
    match word.to_lowercase().as_str() {
        "any" | "all" | "everything" | "whatever" | "anything" | "_" | "irrelevant" => {
            Some(CellMeant {
                because,
                instead: "write `-`".into(),
                text: "-".into(),
                certain: true,
            })
        }
        "else" | "otherwise" | "default" | "other" | "others" | "rest" | "remaining" => {
            Some(CellMeant {
                because,
                instead: "write `-`, and `hit first` above the header, so that the rows above this one go first".into(),
                text: "-".into(),
                certain: false,
            })
        }
        _ => None,
    }
}

/// What is written here in place of a function of another language.
pub(crate) fn function_meant(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "max" | "maximum" | "greatest" => "write `highest of [a, b]`, or `highest of list`",
        "min" | "minimum" | "least" => "write `lowest of [a, b]`, or `lowest of list`",
        "sum" | "total" => "write `sum of list`, or `sum of x.amount for x in list`",
        "count" | "size" | "len" => "write `count of list`; of a text, `length(text)`",
        "average" | "avg" | "mean" => {
            "divide, `(sum of x.amount for x in list) / (count of list)`, where the list is not empty"
        }
        "first" => "write `first of list`, or `first of x in list where … by …`",
        "last" => "write `first of x in list by KEY descending`",
        "abs" => "write `absolute(x)`",
        "ceil" | "ceiling" => "write `round x to 1 using ceiling`",
        "floor" => "write `round x to 1 using floor`",
        "trunc" | "truncate" => "write `round x to 1 using down`",
        "round" => "write `round x to 0.01`",
        "concat" => "put texts together in holes: `\"{a} {b}\"`",
        "contains" | "includes" => {
            "write `element in list`; of texts can be asked how they begin: `starts_with(text, \"A\")`"
        }
        "startswith" => "write `starts_with(text, \"A\")`",
        "coalesce" | "nvl" | "ifnull" | "isnull" => "write `a otherwise b`",
        "if" | "iif" | "iff" | "case" | "switch" => "write `if CONDITION then VALUE else VALUE`",
        "today" | "now" | "current_date" | "getdate" => NO_CLOCK,
        "filter" | "map" => "write `for each x in list where … give …`",
        "exists" | "any" => "write `exists x in list where …`",
        "all" | "every" => "write `every x in list has …`",
        _ => return None,
    })
}

/// What is written here in place of a value that other languages know without its being declared.
pub(crate) fn value_meant(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "today" | "now" | "current_date" | "sysdate" => NO_CLOCK,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_the_language_is_said_to_be_another() {
        let builtin = crate::signature::BUILTIN_TYPES;
        for name in builtin {
            assert_eq!(type_meant(name), None, "{name}");
        }
        for name in ["String", "BOOLEAN", "decimal", "Integer", "DateTime"] {
            let meant = type_meant(name).unwrap();
            assert!(builtin.contains(&meant), "{name}: {meant}");
        }
        for name in crate::check::builtin::NAMES {
            assert_eq!(function_meant(name), None, "{name}");
        }
        assert!(function_meant("Max").is_some());
    }
}
