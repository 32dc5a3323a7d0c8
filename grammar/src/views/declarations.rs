//! Views of declarations and their clauses.

use super::*;

super::views! {
    /// `module a.b`
    ModuleView = ModuleDecl {
        /// The module's name.
        leaf path: Path;
    }

    /// `use a.b`
    UseView = UseDecl {
        /// The module that is used.
        leaf path: Path;
    }

    /// `currency a, b`
    CurrencyView = CurrencyDecl {
        /// What is declared.
        leaves names: Name;
    }

    /// `unit a, b`
    UnitView = UnitDecl {
        /// What is declared.
        leaves names: Name;
    }

    /// `number N = dimension, limits`
    NumberView = NumberDecl {
        /// Its name.
        leaf name: Name;
        /// Its dimension.
        view dimension: DimensionView;
        /// Places and range.
        views limits: LimitView;
    }

    /// One limit of a `number`.
    LimitView = Limit {
        /// The number of places, as written.
        leaf places: Decimal;
        /// The lower bound.
        after from: "from";
        /// The upper bound.
        after to: "to";
    }

    /// `enum E = a | b` or `a < b`
    EnumView = EnumDecl {
        /// Its name.
        leaf name: Name;
        /// Its values.
        view values: EnumValuesView;
    }

    /// The values of an enum.
    EnumValuesView = Ordered | Unordered {
        /// The values, in order.
        leaves words: Word;
        /// Written with `<`, lowest first.
        marked is_ordered: "<";
    }

    /// `record R` with its members.
    RecordView = RecordDecl {
        /// Its name.
        leaf name: Name;
        /// Its fields.
        views fields: FieldView;
        /// Its checks.
        views checks: CheckView;
    }

    /// `data D` with its members.
    DataView = DataDecl {
        /// Its name.
        leaf name: Name;
        /// How old its rows may be.
        view fresh: FreshView;
        /// Its key.
        view key: KeyView;
        /// The fields outside the key.
        views fields: FieldView;
        /// Conditions on a row.
        views checks: CheckView;
        /// Conditions on pairs of rows.
        views distinct: CheckDistinctView;
        /// Which fields bound a row in time.
        view validity: ValidRowsView;
        /// How many rows there may be.
        view rows: RowsView;
    }

    /// A field.
    FieldView = Field {
        /// Whether its values are not to be shown.
        marked sensitive: "sensitive";
        /// Its name.
        leaf name: Word;
        /// Its type.
        view type_: TypeView;
        /// The bound of a list.
        view at_most: AtMostView;
        /// Its default.
        view default: FieldDefaultView;
    }

    /// `= value` of a field.
    FieldDefaultView = FieldDefault {
        /// The value.
        after value: "=";
    }

    /// `, at most 5`
    AtMostView = AtMost {
        /// The bound.
        leaf count: Count;
    }

    /// `check condition because "text"`
    CheckView = Check {
        /// What must hold.
        after condition: "check";
        /// Why.
        view because: BecauseView;
    }

    /// `check distinct a, b`
    CheckDistinctView = CheckDistinct {
        /// The fields.
        leaves fields: Word;
        /// Only rows valid on a common day are compared.
        marked while_valid: "while";
        /// Why.
        view because: BecauseView;
    }

    /// `valid from a to b`
    ValidRowsView = ValidRows {
        /// The field of the first day, then that of the last.
        leaves bounds: Word;
    }

    /// `rows at most 40 per a`
    RowsView = Rows {
        /// The bound.
        leaf count: Count;
        /// The fields that it counts for.
        view per: RowGroupView;
    }

    /// The fields of `rows at most … per`.
    RowGroupView = RowGroup {
        /// The fields.
        leaves fields: Word;
    }

    /// `key a : code, b : int`
    KeyView = Key {
        /// The fields of the key.
        views fields: FieldView;
    }

    /// `fresh within 15 minutes`
    FreshView = Fresh {
        /// The greatest age.
        after age: "within";
    }

    /// A type.
    TypeView = Type {
        /// The name of a type that is no list.
        leaf path: Path;
        /// The type of the items of a list.
        view item: TypeView;
        /// May be missing.
        marked is_optional: "?";
    }

    /// The parameters of a declaration.
    ParamsView = Params {
        /// The parameters.
        views params: ParamView;
    }

    /// One parameter.
    ParamView = Param {
        /// Whether its values are not to be shown.
        marked sensitive: "sensitive";
        /// Its name.
        leaf name: Word;
        /// Its type.
        view type_: TypeView;
        /// The bound of a list.
        view at_most: AtMostView;
    }

    /// `gives T`
    ReturnsView = Returns {
        /// The type.
        view type_: TypeView;
    }

    /// `parameter p : T` with its values.
    ParameterView = ParameterDecl {
        /// Its name.
        leaf name: Name;
        /// Its type.
        view type_: TypeView;
        /// `open to values`.
        leaf open: OpenValues;
        /// Its one value.
        view value: ValueView;
        /// Its values by date.
        views dated: DatedValueView;
    }

    /// `is value`
    ValueView = Value {
        /// The value.
        after value: "is";
        /// Why.
        view because: BecauseView;
    }

    /// `from date is value`
    DatedValueView = DatedValue {
        /// From when on.
        leaf date: Date;
        /// The value.
        after value: "is";
        /// Why.
        view because: BecauseView;
    }

    /// `extend a.b`
    ExtendView = ExtendDecl {
        /// What is extended.
        leaf path: Path;
        /// New exceptions of a rule.
        views exceptions: ExceptionView;
        /// A new value of a parameter.
        view value: ValueView;
        /// New values by date.
        views dated: DatedValueView;
    }

    /// `reason r (…) "text"`
    ReasonView = ReasonDecl {
        /// Its name.
        leaf name: Name;
        /// Its parameters.
        view params: ParamsView;
        /// Its severity.
        leaf severity: Severity;
        /// Its text.
        leaf text: String;
    }

    /// `define f (…) gives T`
    DefineView = DefineDecl {
        /// Its name.
        leaf name: Name;
        /// Its parameters.
        view params: ParamsView;
        /// Its result.
        view returns: ReturnsView;
        /// What it computes.
        view body: BodyView;
    }

    /// `decision d (…) gives T`
    DecisionView = DecisionDecl {
        /// Its name.
        leaf name: Name;
        /// Its input.
        view params: ParamsView;
        /// Its output.
        view returns: ReturnsView;
        /// What it computes.
        view body: BodyView;
    }

    /// `example e = value`
    ExampleView = ExampleDecl {
        /// Its name.
        leaf name: Name;
        /// The value.
        view body: BodyView;
    }

    /// The expression of a declaration.
    BodyView = Body {
        /// The expression; none or several only where it is broken.
        operands expressions;
    }

    /// `rule r (…) gives T`
    RuleView = RuleDecl {
        /// Its name.
        leaf name: Name;
        /// Its parameters.
        view params: ParamsView;
        /// Its result.
        view returns: ReturnsView;
        /// Which date counts.
        view as_of: AsOfView;
        /// How exceptions are combined.
        view combine: CombineView;
        /// `exceptions may agree`.
        leaf may_agree: MayAgree;
        /// `open to exceptions`.
        leaf open: OpenRule;
        /// What holds if no exception applies.
        view default: DefaultView;
        /// Its exceptions.
        views exceptions: ExceptionView;
    }

    /// `as of day`
    AsOfView = AsOf {
        /// The date.
        after date: "of";
    }

    /// `combine sum up to 30%`
    CombineView = Combine {
        /// How.
        leaf how: Name;
        /// What the combined value never passes.
        after cap: "to";
    }

    /// `default value`
    DefaultView = DefaultClause {
        /// The value.
        after value: "default";
        /// Why.
        view because: BecauseView;
    }

    /// An exception of a rule.
    ExceptionView = Exception {
        /// Its name.
        leaf name: Name;
        /// What it overrides.
        views overrides: OverridesView;
        /// What it yields to.
        views yields: YieldsView;
        /// When it is valid.
        view validity: ValidityView;
        /// When it applies.
        view when: WhenView;
        /// When it does not.
        view unless: UnlessView;
        /// What it gives.
        view then: ThenView;
        /// Why.
        view because: BecauseView;
    }

    /// `overrides a, b`
    OverridesView = Overrides {
        /// The exceptions.
        leaves paths: Path;
    }

    /// `yields to a, b`
    YieldsView = Yields {
        /// The exceptions.
        leaves paths: Path;
    }

    /// `valid … to …`
    ValidityView = Validity {
        /// Its dates, in order.
        leaves dates: Date;
        /// The last day.
        after to: "to";
        /// Only the first day is given.
        marked is_from: "from";
    }

    /// `when condition`
    WhenView = When {
        /// The condition.
        after condition: "when";
    }

    /// `unless condition`
    UnlessView = Unless {
        /// The condition.
        after condition: "unless";
    }

    /// `then value`
    ThenView = Then {
        /// The value.
        after value: "then";
    }

    /// `because "text"`
    BecauseView = Because {
        /// The text.
        leaf text: String;
    }

    /// `test "name"`
    TestView = TestDecl {
        /// Its name.
        leaf name: String;
        /// The rows that are given.
        views given: GivenView;
        /// Its values.
        views lets: LetView;
        /// Its cases.
        views cases: CasesView;
        /// What is expected.
        views expectations: ExpectView;
        /// Which errors are expected.
        views errors: ExpectErrorView;
    }

    /// `property "name"`
    PropertyView = PropertyDecl {
        /// Its name.
        leaf name: String;
        /// What it ranges over.
        view for_all: ForAllView;
        /// The rows that are given.
        views given: GivenView;
        /// Its values.
        views lets: LetView;
        /// What is expected.
        views expectations: ExpectView;
        /// Which errors are expected.
        views errors: ExpectErrorView;
    }

    /// `for all a: T where condition`
    ForAllView = ForAll {
        /// The variables.
        views params: ParamView;
        /// What they must satisfy.
        view condition: WhereView;
    }

    /// `expect condition`
    ExpectView = Expect {
        /// The condition.
        after condition: "expect";
    }

    /// `expect error code in expression`
    ExpectErrorView = ExpectError {
        /// The code.
        leaf code: Name;
        /// What must fail.
        after expression: "in";
    }
}
