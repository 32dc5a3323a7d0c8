//! The kinds of tree nodes, and the shape of each: the one page the typed views are written against.
//!
//! Notation: children in order; `"x"` is a `Token` with that text, `x?` optional, `x*` any number,
//! `x+` at least one, `,*` separated by `","` tokens (also a last one in `Args`, `List`, `Conditions`).
//! Trivia (`Whitespace`, `Comment`, `DocComment`) may stand between any two children and is left out.
//! `expr` is any of the nodes under *Expressions*. A ladder node (marked L) exists only when it has more
//! than one child: `a` alone is `Name`, never `Sum[Name]`. Leaves have no children; their text is all.
//!
//! **Leaves**: `Name` (not reserved), `Word` (any word), `Path` (`a.b.c`), `Head` (`a.b` in tables),
//! `RowName`, `Decider` (`-`, `tier.trade`, a date), `Count`, `Decimal`, `Percent`, `Date`, `Boolean`,
//! `Missing`, `DefaultValue`, `TextPart` (escapes as written), `Aggregator`, `RestTo`, `Severity`, `Token`,
//! trivia.
//!
//! | kind | children |
//! |---|---|
//! | `Root` | doc trivia, one declaration node (or `Error`), trivia |
//! | `Error` | leaves (`Word`, `Decimal`, `String`, `Token`) and the parts inside that could be read |
//! | **Declarations** | in a broken one every part may be missing, twice, or an `Error` |
//! | `ModuleDecl`, `UseDecl` | `"module"`/`"use"` Path |
//! | `CurrencyDecl`, `UnitDecl` | `"currency"`/`"unit"` Name,* |
//! | `NumberDecl` | `"number"` Name `"="` Dimension (`","` Limit)* |
//! | `Dimension` | DimensionAtom (`"per"` DimensionAtom)? |
//! | `DimensionAtom` | Name, or `"money" "in"` Name |
//! | `Limit` | Decimal `"places"`, or `"from"` Bound (`"to"` Bound)?, or `"to"` Bound |
//! | `Bound` | `"-"`? number literal |
//! | `EnumDecl` | `"enum"` Name `"="` (Ordered or Unordered) |
//! | `Ordered`, `Unordered` | Word parted by `"<"` (two at least) or `"\|"`; a leading mark is allowed |
//! | `RecordDecl` | `"record"` Name (Field, Check; `","` between)+ |
//! | `DataDecl` | `"data"` Name (Field, Fresh, Key, ValidRows, CheckDistinct, Check, Rows; `","` between)+ |
//! | `Field` | `"sensitive"`? Word `":"` Type AtMost? FieldDefault? |
//! | `FieldDefault` | `"="` expr |
//! | `AtMost` | `"," "at" "most"` Count |
//! | `Check` | `"check"` expr Because |
//! | `CheckDistinct` | `"check" "distinct"` Word,* (`"while" "valid"`)? Because? |
//! | `ValidRows` | `"valid" "from"` Word `"to"` Word |
//! | `Rows` | `"rows" "at" "most"` Count (`"per"` RowGroup)? |
//! | `RowGroup` | Word,* |
//! | `Key` | `"key"` Field,* |
//! | `Fresh` | `"fresh" "within"` number literal |
//! | `Type` | (Path, or `"list" "of"` Type) `"?"`? (an inner Type takes the `"?"` first) |
//! | `Params` | `"("` Param,* `")"` |
//! | `Param` | `"sensitive"`? Word `":"` Type AtMost? |
//! | `Returns` | `"gives"` Type |
//! | `ParameterDecl` | `"parameter"` Name `":"` Type OpenValues? (Value, or DatedValue+) |
//! | `OpenValues` | `"open" "to" "values"` |
//! | `Value` | `"is"` expr Because? |
//! | `DatedValue` | `"from"` Date `"is"` expr Because? |
//! | `ExtendDecl` | `"extend"` Path (Exception+, or Value, or DatedValue+) |
//! | `ReasonDecl` | `"reason"` Name Params? Severity? String |
//! | `DefineDecl` | `"define"` Name Params? Returns Body |
//! | `DecisionDecl` | `"decision"` Name Params Returns Body |
//! | `ExampleDecl` | `"example"` Name `"="` Body |
//! | `Body` | expr |
//! | `RuleDecl` | `"rule"` Name Params Returns (AsOf, Combine, MayAgree, OpenRule)* DefaultClause? Exception* |
//! | `AsOf` | `"as" "of"` expr |
//! | `Combine` | `"combine"` Name (`"up" "to"` expr)? |
//! | `MayAgree` | `"exceptions" "may" "agree"` |
//! | `OpenRule` | `"open" "to" "exceptions"` |
//! | `DefaultClause` | `"default"` expr Because? |
//! | `Exception` | `"exception"` Name (Overrides, Yields)* Validity? When? Unless? Then Because? |
//! | `Overrides` | `"overrides"` Path,* |
//! | `Yields` | `"yields" "to"` Path,* |
//! | `Validity` | `"valid"` then `"from"` Date, or Date `"to"` Date, or `"to"` Date |
//! | `When`, `Unless`, `Then` | the word, expr |
//! | `Because` | `"because"` String |
//! | `TableDecl` | `"table"` Name Params Returns AsOf? Hit? then FromFile, or Header Row+, or GridHeader GridRow+ |
//! | `Hit` | `"hit"` Word (`"by"` Word)? |
//! | `FromFile` | `"from"` String |
//! | `Header` | (`"\|" "#"`)? (`"\|"` Head)+ `"\|\|"` Head (`"\|"` Head)* `"\|"` |
//! | `Row` | (`"\|"` RowName)? (`"\|"` Cell)+ `"\|\|"` Out (`"\|"` Out)* `"\|"`; RowName exactly when the Header has `"#"` |
//! | `GridHeader` | (`"\|" "#"`)? (`"\|"` Head){0,2} `"\|"` Corner (`"\|"` (StepUp or Cell))+ `"\|"` |
//! | `Corner` | Head `"\\"` Head |
//! | `GridRow` | (`"\|"` RowName)? (`"\|"` (StepUp or Cell)) once for each Head of the header and once more, (`"\|"` Out)+ `"\|"` |
//! | `StepUp` | `"-"`? number literal `"+"` |
//! | `Cell` | `"-"`, or CellTest,* |
//! | `CellTest` | `"not"`? then comparison token CellValue, or CellValue (`"to"` `"below"`? CellValue)?; `not` of `not a, b` stands in the first CellTest |
//! | `CellValue` | `"-"`? (literal or Head) |
//! | `Out` | expr |
//! | `TestDecl` | `"test"` String (Given, Let, Cases, Expect, ExpectError)+ |
//! | `PropertyDecl` | `"property"` String ForAll (Given, Let, Cases, Expect, ExpectError)+ |
//! | `ForAll` | `"for" "all"` Param,* Where? |
//! | `Given` | `"given"` then Name FixtureHeader FixtureRow*, or Calendar (FixtureHeader FixtureRow*)? |
//! | `Calendar` | `"calendar"` String Weekdays? Known? |
//! | `Weekdays` | `"working"` Count,* |
//! | `Known` | `"from"` Date `"to"` Date |
//! | `FixtureHeader` | (`"\|"` Head)+ `"\|"` |
//! | `FixtureRow` | (`"\|"` Fixture)+ `"\|"` |
//! | `Fixture` | `"-"`, or expr |
//! | `Cases` | `"cases"` CaseHeader CaseRow+ |
//! | `CaseHeader` | (`"\|"` Head)+ `"\|\|"` Out (`"\|"` Out)* (`"\|" "by"`)? `"\|"` |
//! | `CaseRow` | (`"\|"` Fixture)+ `"\|\|"` Out (`"\|"` Out)* (`"\|"` DecidedBy)? `"\|"` |
//! | `DecidedBy` | Decider,* |
//! | `Expect` | `"expect"` expr |
//! | `ExpectError` | `"expect" "error"` Name `"in"` expr |
//! | **Expressions** | |
//! | `Stop` | `"stop"` expr |
//! | `Otherwise` (L) | expr `"otherwise"` expr (nests to the right) |
//! | `Block` | Let+ `"give"` expr |
//! | `Let` | `"let"` Name (`":"` Type)? `"="` (Group or expr) |
//! | `IfThen` | `"if"` expr `"then"` expr `"else"` expr |
//! | `ForEach` | `"for" "each"` Query (Let, Carry, Next)* (Give or Finally) |
//! | `Carry` | `"carry"` Name (`":"` Type)? `"="` expr |
//! | `Next` | `"next"` Name `"="` expr |
//! | `Give`, `Finally` | the word, expr |
//! | `Query` | Binder (`"for"` Binder)* Where? OrderBy? Ending? |
//! | `Binder` | Name `"in"` (Group or expr) |
//! | `Where` | `"where"` expr |
//! | `OrderBy` | `"by"` Order (`"then"` Order)* |
//! | `Order` | expr `"descending"`? |
//! | `Ending` | `"ending" "with"` expr |
//! | `Aggregate` | Aggregator `"of"` (Query, or expr (`"for"` Query)?) |
//! | `Group` | `"group"` Name `"in"` expr Where? `"by"` GroupKey (`"then"` GroupKey)* |
//! | `GroupKey` | Word `":"` expr |
//! | `Or` (L) | expr (`"or"` expr)+ |
//! | `And` (L) | expr (`"and"` expr)+ |
//! | `Not` | `"not"` expr |
//! | `Exists` | `"exists"` Binder (`"for"` Binder)* Where? |
//! | `Every` | `"every"` Binder (`"for"` Binder)* Where? `"has"` expr |
//! | `Counted` | (`"all"`, `"any"`, `"none"`, or `"at" "least"` Count) `"of"` Conditions |
//! | `Conditions` | `"["` expr,* `"]"` |
//! | `Comparison` (L) | expr, then one of: comparison token expr; `"is" "not"`? expr; `"not"`? `"in"` expr; `"between"` expr `"and"` expr; `"valid" "on"` expr |
//! | `Sum` (L) | expr ((`"+"` or `"-"`) expr)+, from the left |
//! | `Product` (L) | expr ((`"*"` or `"/"`) expr)* (`"as"` Dimension)?; `as` reads the whole product |
//! | `Negative` | `"-"` expr |
//! | `Rounding` | `"round"` expr `"to"` expr Using? Carrying? |
//! | `Using` | `"using"` expr |
//! | `Carrying` | `"carrying" "remainder"` Per? |
//! | `Per` | `"per"` expr |
//! | `Share` | `"share" "of"` expr `"by"` expr `"to"` expr Using? Per? Rest? |
//! | `Rest` | `"rest" "to"` RestTo |
//! | `Updated` (L) | expr (`"on"` expr)? (`"with"` Args)* |
//! | `Term` (L) | expr, then steps applied from the left: `"."` Word, or Args, or Index |
//! | `Args` | `"("` (NamedArg or expr),* `")"` |
//! | `NamedArg` | Word `":"` expr |
//! | `Index` | `"["` expr,* `"]"` |
//! | `Paren` | `"("` expr `")"` |
//! | `List` | `"["` Item,* `"]"` |
//! | `Item` (L) | expr `"when"` expr (without `when`: the bare expr) |
//! | `Measure` (L) | Decimal UnitOf (without a unit: the bare `Decimal`) |
//! | `UnitOf` | Name (`"per"` Name)? |
//! | `String` | `"\""` (TextPart or Hole)* `"\""` |
//! | `Hole` | `"{"` expr `"}"` |
//!
//! A number literal is `Date`, `Percent`, `Decimal` or `Measure`; a literal also `String`, `Boolean`, `Missing`.

use crate::parser::Rule;

macro_rules! kinds {
    ($( $kind:ident = $($rule:ident)|* ; )*) => {
        /// What a node is. Shapes: the table at the top of this file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        #[expect(missing_docs, reason = "the table at the top of the file describes each kind")]
        pub enum Kind { Root, Error, Token, Whitespace, Comment, DocComment, $( $kind, )* }

        impl Kind {
            /// Every kind, in order of declaration.
            pub const ALL: &[Kind] = &[Kind::Root, Kind::Error, Kind::Token, Kind::Whitespace,
                Kind::Comment, Kind::DocComment, $( Kind::$kind, )*];

            /// The kind's own name, as in the table of shapes.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    Kind::Root => "Root", Kind::Error => "Error", Kind::Token => "Token",
                    Kind::Whitespace => "Whitespace", Kind::Comment => "Comment",
                    Kind::DocComment => "DocComment",
                    $( Kind::$kind => stringify!($kind), )*
                }
            }

            /// The kind of a grammar rule; `None` for rules that leave no node.
            pub(crate) fn of(rule: Rule) -> Option<Kind> {
                match rule { $( $( Rule::$rule )|* => Some(Kind::$kind), )* _ => None }
            }
        }
    };
}

kinds! {
    Name = name; Word = word; Path = path; Head = head; RowName = row_name; Decider = decider;
    Count = count; Decimal = decimal; Percent = percent; Date = date; Boolean = boolean;
    Missing = missing; DefaultValue = default_value; TextPart = text_part;
    Aggregator = aggregator; RestTo = rest_to; Severity = severity;

    ModuleDecl = module_decl; UseDecl = use_decl; CurrencyDecl = currency_decl; UnitDecl = unit_decl;
    NumberDecl = number_decl; Dimension = dimension; DimensionAtom = dimension_atom; Limit = limit;
    Bound = bound; EnumDecl = enum_decl; Ordered = ordered; Unordered = unordered;
    RecordDecl = record_decl; DataDecl = data_decl; Field = field; FieldDefault = field_default;
    AtMost = at_most; Check = check; CheckDistinct = check_distinct; ValidRows = valid_rows;
    Rows = rows; RowGroup = row_group; Key = key; Fresh = fresh; Type = r#type; Params = params;
    Param = param; Returns = returns; ParameterDecl = parameter_decl; OpenValues = open_values;
    Value = value; DatedValue = dated_value; ExtendDecl = extend_decl; ReasonDecl = reason_decl;
    DefineDecl = define_decl; DecisionDecl = decision_decl; ExampleDecl = example_decl; Body = body;
    RuleDecl = rule_decl; AsOf = as_of; Combine = combine; MayAgree = may_agree; OpenRule = open_rule;
    DefaultClause = default_clause; Exception = exception; Overrides = overrides; Yields = yields;
    Validity = validity; When = when; Unless = unless; Then = then; Because = because;
    TableDecl = table_decl; Hit = hit; FromFile = from_file;
    Header = header | named_header; Row = row | named_row;
    GridHeader = grid_head_1 | grid_head_2 | grid_head_3 | named_grid_head_1 | named_grid_head_2 | named_grid_head_3;
    GridRow = grid_row_1 | grid_row_2 | grid_row_3 | named_grid_row_1 | named_grid_row_2 | named_grid_row_3;
    Corner = corner; StepUp = step_up; Cell = cell; CellTest = test; CellValue = cell_value; Out = out;
    TestDecl = test_decl; PropertyDecl = property_decl; ForAll = for_all; Given = given;
    Calendar = calendar; Weekdays = weekdays; Known = known_days;
    FixtureHeader = fixture_head; FixtureRow = fixture_row; Fixture = fixture; Cases = cases;
    CaseHeader = case_head | case_head_by; CaseRow = case_row | case_row_by; DecidedBy = decided_by;
    Expect = expect; ExpectError = expect_error;

    Stop = stop; Otherwise = otherwise; Block = block; Let = let_value; IfThen = if_then;
    ForEach = for_each; Carry = carry; Next = next; Give = give; Finally = finally; Query = query;
    Binder = binder; Where = where_clause; OrderBy = order_by; Order = order; Ending = ending;
    Aggregate = aggregate; Group = group; GroupKey = group_key; Or = or; And = and; Not = not;
    Exists = exists; Every = every; Counted = counted; Conditions = conditions;
    Comparison = comparison; Sum = sum; Product = product; Negative = negative; Rounding = rounding;
    Using = using; Carrying = carrying; Per = per; Share = share; Rest = rest; Updated = updated;
    Term = term; Args = args; NamedArg = named_arg; Index = index; Paren = paren; List = list;
    Item = item; Measure = measure; UnitOf = unit_of; String = string; Hole = hole;
}

impl Kind {
    /// White space and comments.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(self, Kind::Whitespace | Kind::Comment | Kind::DocComment)
    }

    /// One of the declaration nodes.
    #[must_use]
    pub fn is_declaration(self) -> bool {
        use Kind::*;
        matches!(
            self,
            ModuleDecl
                | UseDecl
                | CurrencyDecl
                | UnitDecl
                | NumberDecl
                | EnumDecl
                | RecordDecl
                | DataDecl
                | ParameterDecl
                | ExtendDecl
                | ReasonDecl
                | DefineDecl
                | DecisionDecl
                | ExampleDecl
                | RuleDecl
                | TableDecl
                | TestDecl
                | PropertyDecl
        )
    }

    /// Header or row of a table, of fixtures or of cases: one line of text.
    #[must_use]
    pub fn is_row(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Header | Row | GridHeader | GridRow | FixtureHeader | FixtureRow | CaseHeader | CaseRow
        )
    }

    /// Leaves that are one pair of the grammar; all other kinds have children.
    pub(crate) fn is_leaf(self) -> bool {
        (self as u16) <= (Kind::Severity as u16) && !matches!(self, Kind::Root | Kind::Error)
    }

    /// A ladder kind vanishes when it holds one child and nothing else.
    pub(crate) fn collapses(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Otherwise | Or | And | Comparison | Sum | Product | Updated | Term | Item | Measure
        )
    }
}
