//! Views of expressions.

use super::*;

super::views! {
    /// `money in a per b`
    DimensionView = Dimension {
        /// What is counted, and per what.
        views atoms: DimensionAtomView;
    }

    /// A unit, or `money in C`.
    DimensionAtomView = DimensionAtom {
        /// The unit, currency, `percent` or `plain`.
        leaf name: Name;
        /// The name is a currency.
        marked is_money: "money";
    }

    /// `stop reason`
    StopView = Stop {
        /// The reason.
        after reason: "stop";
    }

    /// `a otherwise b`
    OtherwiseView = Otherwise {
        /// The value, and what stands in for it.
        operands operands;
    }

    /// `let … give …`
    BlockView = Block {
        /// Its values.
        views lets: LetView;
        /// Its result.
        after value: "give";
    }

    /// `let a = value`
    LetView = Let {
        /// Its name.
        leaf name: Name;
        /// Its type, if written.
        view type_: TypeView;
        /// The value.
        after value: "=";
    }

    /// `if a then b else c`
    IfThenView = IfThen {
        /// The condition.
        after condition: "if";
        /// What holds if it does.
        after then: "then";
        /// What holds if it does not.
        after otherwise: "else";
    }

    /// `for each x in xs …`
    ForEachView = ForEach {
        /// What it goes over.
        view query: QueryView;
        /// Its values.
        views lets: LetView;
        /// What is carried.
        views carries: CarryView;
        /// What is carried on.
        views nexts: NextView;
        /// One value for each element.
        view give: GiveView;
        /// One value after the last.
        view finally: FinallyView;
    }

    /// `carry a = start`
    CarryView = Carry {
        /// Its name.
        leaf name: Name;
        /// Its type, if written.
        view type_: TypeView;
        /// What the first element sees.
        after start: "=";
    }

    /// `next a = value`
    NextView = Next {
        /// What is carried.
        leaf name: Name;
        /// What the next element sees.
        after value: "=";
    }

    /// `give value`
    GiveView = Give {
        /// The value.
        after value: "give";
    }

    /// `finally value`
    FinallyView = Finally {
        /// The value.
        after value: "finally";
    }

    /// `x in xs where … by …`
    QueryView = Query {
        /// What it goes over.
        views binders: BinderView;
        /// Which elements count.
        view condition: WhereView;
        /// In which order.
        view order: OrderByView;
        /// Where it ends.
        view ending: EndingView;
    }

    /// `x in xs`
    BinderView = Binder {
        /// The name of an element.
        leaf name: Name;
        /// The list, relation or group.
        after source: "in";
    }

    /// `where condition`
    WhereView = Where {
        /// The condition.
        after condition: "where";
    }

    /// `by a then b`
    OrderByView = OrderBy {
        /// The keys.
        views orders: OrderView;
    }

    /// One key of an order.
    OrderView = Order {
        /// The key.
        operands keys;
        /// Greatest first.
        marked is_descending: "descending";
    }

    /// `ending with condition`
    EndingView = Ending {
        /// The condition.
        after condition: "with";
    }

    /// `sum of …`
    AggregateView = Aggregate {
        /// Which one.
        leaf aggregator: Aggregator;
        /// What it goes over, if that is a query.
        view query: QueryView;
        /// The value of an element, a list, or the query.
        after value: "of";
    }

    /// `group x in xs by k: key`
    GroupView = Group {
        /// The name of an element.
        leaf name: Name;
        /// The list.
        after source: "in";
        /// Which elements count.
        view condition: WhereView;
        /// The keys.
        views keys: GroupKeyView;
    }

    /// `name: key`
    GroupKeyView = GroupKey {
        /// Its name.
        leaf name: Word;
        /// The key.
        after key: ":";
    }

    /// `a and b`, `a or b`
    LogicView = And | Or {
        /// The conditions.
        operands operands;
    }

    /// `not a`
    NotView = Not {
        /// The condition.
        after condition: "not";
    }

    /// `exists x in xs where …`
    ExistsView = Exists {
        /// What it goes over.
        views binders: BinderView;
        /// What one must satisfy.
        view condition: WhereView;
    }

    /// `every x in xs has …`
    EveryView = Every {
        /// What it goes over.
        views binders: BinderView;
        /// Which elements count.
        view filter: WhereView;
        /// What each must satisfy.
        after condition: "has";
    }

    /// `all of [a, b]`
    CountedView = Counted {
        /// The number of `at least`.
        leaf least: Count;
        /// The conditions.
        view conditions: ConditionsView;
    }

    /// The list of counted conditions.
    ConditionsView = Conditions {
        /// The conditions.
        operands conditions;
    }

    /// A comparison.
    ComparisonView = Comparison {
        /// What is compared.
        operands operands;
    }

    /// Sums and products.
    ArithmeticView = Sum | Product {
        /// The operands; of `as`, the dimension is the last.
        operands operands;
        /// The dimension behind `as`.
        view dimension: DimensionView;
    }

    /// `-a`
    NegativeView = Negative {
        /// The value.
        after value: "-";
    }

    /// `round x to step`
    RoundingView = Rounding {
        /// What is rounded.
        after value: "round";
        /// The step.
        after step: "to";
        /// The mode.
        view using: UsingView;
        /// Whether the remainder is carried.
        view carrying: CarryingView;
    }

    /// `using mode`
    UsingView = Using {
        /// The mode.
        after mode: "using";
    }

    /// `carrying remainder per k`
    CarryingView = Carrying {
        /// For what a total is kept.
        view per: PerView;
    }

    /// `per k`
    PerView = Per {
        /// The key.
        after key: "per";
    }

    /// `share of t by w to s`
    ShareView = Share {
        /// What is shared.
        after total: "of";
        /// By what.
        after weight: "by";
        /// The step.
        after step: "to";
        /// The mode.
        view using: UsingView;
        /// For what a total is kept.
        view per: PerView;
        /// Who takes the rest.
        view rest: RestView;
    }

    /// `rest to largest`
    RestView = Rest {
        /// Who.
        leaf to: RestTo;
    }

    /// `r on day with (…)`
    UpdatedView = Updated {
        /// The date.
        after date: "on";
        /// The fields that change.
        views changes: ArgsView;
        /// The value, the date and the changes.
        operands operands;
    }

    /// Calls, fields and rows.
    TermView = Term {
        /// The beginning, then the steps from the left.
        operands operands;
    }

    /// The arguments of a call.
    ArgsView = Args {
        /// Those with names.
        views named: NamedArgView;
        /// All of them.
        operands arguments;
    }

    /// `name: value`
    NamedArgView = NamedArg {
        /// The name.
        leaf name: Word;
        /// The value.
        after value: ":";
    }

    /// `[key]`
    IndexView = Index {
        /// The keys.
        operands keys;
    }

    /// `(a)`
    ParenView = Paren {
        /// What stands inside.
        operands inner;
    }

    /// `[a, b when c]`
    ListView = List {
        /// The items.
        operands items;
    }

    /// `a when condition`
    ItemView = Item {
        /// The item and its condition.
        operands operands;
        /// The condition.
        after condition: "when";
    }

    /// `12 EUR`
    MeasureView = Measure {
        /// The number.
        leaf number: Decimal;
        /// The unit.
        view unit: UnitOfView;
    }

    /// `document per local`
    UnitOfView = UnitOf {
        /// The unit, and per what.
        leaves names: Name;
    }

    /// A text.
    TextView = String {
        /// Its holes.
        views holes: HoleView;
        /// The parts between, escapes as written.
        leaves parts: TextPart;
    }

    /// `{expression}` in a text.
    HoleView = Hole {
        /// The expression.
        after expression: "{";
    }
}
