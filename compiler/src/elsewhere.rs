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
