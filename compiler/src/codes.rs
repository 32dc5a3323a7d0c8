//! The registry of the compiler's codes: constant, code and one-line title.
//!
//! A code is never reused and never renumbered; each has a page of its own under `docs/errors`. The
//! codes of syntax (A01xx) are registered in the grammar.

use crate::diagnostic::{Applicability, At, Code, Diagnostic, Fix, Severity};
use crate::items::DeclId;

macro_rules! codes {
    ($($name:ident $code:literal $title:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code($code);
        )*
        /// Codes in rising order, each with the title of its page.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    AMBIGUOUS "A0201" "a word may mean two things";
    UNKNOWN_NAME "A0202" "there is no value with this name";
    UNKNOWN_FUNCTION "A0203" "there is no function with this name";
    UNKNOWN_TYPE "A0204" "there is no type with this name";
    UNKNOWN_FIELD "A0205" "there is no field with this name";
    UNKNOWN_MEASURE "A0206" "there is no currency or unit with this name";
    UNKNOWN_MODULE "A0207" "there is no module with this name";
    TWICE "A0208" "something is said or named twice";
    NOT_A_FUNCTION "A0209" "this cannot be called";
    EXAMPLE_PLACE "A0210" "rules cannot see examples";
    UNUSED_LOCAL "A0211" "a name is never read";
    UNUSED_PARAMETER "A0212" "a parameter is never read";
    UNUSED_DECLARATION "A0213" "a declaration is never used";
    CALL_CYCLE "A0214" "functions call each other in a circle";
    MODULE_CYCLE "A0215" "modules use each other in a circle";
    UNUSED_USE "A0216" "a used module is not needed";
    UNKNOWN_WORD "A0217" "an unknown word stands here";
    ARGUMENT_COUNT "A0218" "too few or too many arguments";
    NAMED_ARGUMENT "A0219" "arguments of functions have no names";
    UNNAMED_FIELD "A0220" "fields are given by name";
    EXAMPLE_CYCLE "A0221" "examples use each other in a circle";
    DEFAULT_OUTSIDE "A0222" "`default` stands outside of an exception";
    SHADOWED_MODULE "A0223" "two files are the same module";
    BUILT_IN "A0224" "a name is built in";
    WRONG_TYPE "A0301" "a value is of another type";
    WRONG_DIMENSION "A0302" "a number is in another dimension";
    MAY_BE_MISSING "A0303" "a value that may be missing is not handled";
    TOO_MANY_PLACES "A0304" "a value may have more places than its border";
    OUT_OF_RANGE "A0305" "a value is outside its range";
    ALWAYS "A0306" "a condition is always true or always false";
    CANNOT_COMPARE "A0307" "values of two types are compared";
    NO_ORDER "A0308" "values without an order are compared";
    BAD_OPERANDS "A0309" "an operation cannot take these values";
    BAD_AS "A0310" "`as` says what a plain number means";
    BAD_SPAN "A0311" "a date moves by whole days or calendar steps";
    SPAN_PLACE "A0312" "months and weeks stand only in date arithmetic";
    NOT_AN_INT "A0313" "a number is not a whole one";
    DIVISION_BY_ZERO "A0314" "something is divided by zero";
    ROUNDED_TWICE "A0315" "a value is rounded twice";
    ROUNDS_NOTHING "A0316" "a rounding changes nothing";
    BAD_STEP "A0317" "a step is above zero";
    BAD_DIMENSION "A0318" "this is no dimension";
    BAD_PLACES "A0319" "a number has 0 to 28 places";
    BAD_BOUND "A0320" "this is no bound";
    EMPTY_RANGE "A0321" "nothing lies in a range";
    OPTIONAL_LIST "A0322" "a list is never optional";
    BOUND_WITHOUT_LIST "A0323" "only a list has a bound";
    BAD_DATE_FORMULA "A0324" "a text is no date formula";
    BAD_HOLE "A0325" "a hole cannot show this value";
    MIXED_BRANCHES "A0326" "branches are of two types";
    OTHERWISE_UNNEEDED "A0327" "an `otherwise` is never used";
    BOTH_MAY_BE_MISSING "A0328" "two missing values are equal";
    NEEDS_TYPE "A0329" "a type must be written";
    AT_LEAST_TOO_MANY "A0330" "more conditions are wanted than there are";
    ON_WHAT "A0331" "`on` reads a value through time";
    DATED_PARAMETER "A0332" "a value through time needs its day";
    NOT_CONSTANT "A0333" "a value must be constant";
    SUMMED_TWO_WAYS "A0334" "values are added up rounded and unrounded";
    ROW_WIDTH "A0401" "a row has too few or too many cells";
    UNKNOWN_COLUMN "A0402" "a column names no parameter";
    BAD_COLUMN "A0403" "a column cannot compare this value";
    HIT_RESULT "A0404" "a hit policy does not fit the result";
    HIT_ON_GRID "A0405" "a grid has no hit policy";
    MIXED_AXIS "A0407" "an axis mixes steps and cells";
    STEP_PLACE "A0408" "a step stands outside of a grid";
    STEPS_ORDER "A0409" "steps do not rise";
    NOT_PLACE "A0410" "`not` stands inside of a cell";
    OVERLAP "A0411" "two rows can apply to one case";
    GAP "A0412" "a case is not covered";
    UNREACHABLE_ROW "A0413" "a row can never decide";
    GAP_NOT_DECIDED "A0414" "completeness was not decided";
    FREE_ORDER "A0415" "the order of the rows does not matter";
    SHEET "A0416" "a file of rows cannot be taken";
    LOST_CASE "A0417" "a cell lies outside the range of its column";
    REPEATED_ROW "A0418" "a row says the same as another";
    STEP_BACK "A0419" "one step goes against all others";
    EMPTY_RULE "A0501" "nothing is declared inside";
    EXCEPTION_WITHOUT_CONDITION "A0502" "an exception always applies";
    UNKNOWN_EXCEPTION "A0503" "there is no exception with this name";
    OVERRIDES_CYCLE "A0504" "precedence runs in a circle";
    VALID_WITHOUT_AS_OF "A0505" "a validity needs the day that counts";
    COMBINE_AND_AGREE "A0506" "combined exceptions need not agree";
    BAD_COMBINE "A0507" "values cannot be combined";
    EXCEPTIONS_CONFLICT "A0508" "two exceptions can apply together";
    EXCEPTION_NEVER "A0509" "an exception can never apply";
    RULE_GAP "A0510" "a rule leaves a case open";
    TIME_HOLE "A0511" "there is a hole in time";
    TIME_END "A0512" "the last validity ends";
    MIXED_VALUES "A0513" "values with and without days are mixed";
    VALUES_ORDER "A0514" "values do not rise in time";
    EXCEPTION_OVERRIDDEN "A0515" "an exception is always overridden";
    COPIED "A0516" "copies differ only in constants";
    DATA_WITHOUT_KEY "A0601" "a relation has no key";
    BAD_KEY "A0602" "a field cannot be part of a key";
    BAD_VALIDITY_FIELD "A0603" "a field cannot bound a validity";
    BAD_FRESH "A0604" "this is no age";
    NO_VALIDITY "A0605" "rows have no validity";
    NOT_A_RELATION "A0606" "a relation is wanted here";
    MISSING_FIELDS "A0607" "fields are missing";
    RECORD_CYCLE "A0608" "a record contains itself";
    ROW_BUILT "A0609" "rows come from the data";
    ROW_IN_SCHEMA "A0610" "a row leaves the snapshot";
    WITH_WHAT "A0611" "`with` changes a copy of a record";
    REASON_TWICE "A0612" "two reasons have one code";
    SENSITIVE_IN_REASON "A0613" "a reason would show a sensitive value";
    NOTHING_TO_HIDE "A0614" "`sensitive` stands where nothing can be hidden";
    NOT_A_LIST "A0701" "a list is wanted here";
    MIXED_LIST "A0702" "the items of a list are of two types";
    LIST_OF_LISTS "A0703" "a list has no lists as items";
    WHICH_ELEMENT "A0705" "it is not said which element is wanted";
    RUNNING_PLACE "A0706" "a running value stands in the wrong place";
    FINALLY_WITHOUT_CARRY "A0707" "nothing is carried";
    NOT_CARRIED "A0708" "a name is not carried";
    SHARE_NEEDS_ITSELF "A0709" "a share needs its own result";
    TIED_ORDER "A0710" "ties decide which element is first";
    SHARE_BY_ELEMENT "A0711" "what is shared differs from element to element";
    COMMA_IN_LIST "A0712" "two items of a list may be one number";
    EXTEND_WHAT "A0901" "this cannot be extended";
    NOT_OPEN "A0902" "this is not open to extension";
    EXTENDED_TWICE "A0903" "two packages set one value";
    BAD_EXPORT "A0904" "an exported decision is not there";
    TOO_DEEP "A1001" "something is nested too deeply";
    UNBOUNDED "A1003" "the cost of a decision has no bound";
    TOO_DEEP_TO_DECIDE "A1004" "functions call each other too deeply";
    TOO_LARGE "A1005" "something is larger than an engine takes";
}

/// A fault of the syntax as a diagnostic of its declaration.
pub fn from_grammar(decl: &DeclId, fault: &assize_grammar::Fault) -> Diagnostic {
    let at = |range: assize_grammar::TextRange| -> At {
        decl.at(crate::ast::Span {
            start: range.start,
            end: range.end,
        })
    };
    let mut diagnostic = Diagnostic::new(
        Code(fault.code),
        Severity::Error,
        at(fault.range),
        fault.claim.clone(),
    );
    diagnostic.because = fault.because.clone();
    diagnostic.instead = fault.instead.clone();
    diagnostic.fixes = fault
        .fixes
        .iter()
        .map(|fix| Fix {
            title: fix.title.clone(),
            edits: vec![(at(fix.range), fix.text.clone())],
            applicability: if fix.certain {
                Applicability::Certain
            } else {
                Applicability::Choice
            },
        })
        .collect();
    diagnostic
}
