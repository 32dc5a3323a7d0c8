//! Views of tables, fixtures and cases.

use super::*;

super::views! {
    /// `table t (…) gives T`
    TableView = TableDecl {
        /// Its name.
        leaf name: Name;
        /// Its parameters.
        view params: ParamsView;
        /// Its result.
        view returns: ReturnsView;
        /// Which date counts.
        view as_of: AsOfView;
        /// Its hit policy.
        view hit: HitView;
        /// The file that holds its rows.
        view file: FromFileView;
        /// Its header, if it is no grid.
        view header: HeaderView;
        /// Its header, if it is a grid.
        view grid_header: GridHeaderView;
        /// Its rows, of a grid or not.
        views rows: RowView;
    }

    /// `hit list by priority`
    HitView = Hit {
        /// The policy, and what follows `by`.
        leaves words: Word;
    }

    /// `from "file"`
    FromFileView = FromFile {
        /// The file.
        leaf file: String;
    }

    /// The header of a table.
    HeaderView = Header {
        /// The heads, keys before outputs.
        leaves heads: Head;
        /// The first column names the rows.
        marked is_named: "#";
    }

    /// The header of a grid.
    GridHeaderView = GridHeader {
        /// The keys before the corner.
        leaves heads: Head;
        /// The corner.
        view corner: CornerView;
        /// All columns, the keys and the corner included.
        operands columns;
        /// The first column names the rows.
        marked is_named: "#";
    }

    /// `a \\ b`
    CornerView = Corner {
        /// What the rows and what the columns go by.
        leaves heads: Head;
    }

    /// A row of a table or grid.
    RowView = Row | GridRow {
        /// Its name.
        leaf name: RowName;
        /// Steps among its keys.
        leaves steps: StepUp;
        /// Its keys.
        views cells: CellView;
        /// Its outputs.
        leaves outputs: Out;
    }

    /// A cell that is asked.
    CellView = Cell {
        /// Its alternatives; none for `-`.
        views tests: CellTestView;
    }

    /// One alternative of a cell.
    CellTestView = CellTest {
        /// Written with `not`, which counts for all alternatives.
        marked is_negated: "not";
        /// Its value, or the bounds of its range.
        leaves values: CellValue;
        /// The upper bound is not in the range.
        marked is_below: "below";
    }

    /// `given D` or `given calendar "C"` with its rows.
    GivenView = Given {
        /// The relation.
        leaf name: Name;
        /// The calendar.
        view calendar: CalendarView;
        /// The fields.
        view header: FixtureHeaderView;
        /// The rows.
        views rows: FixtureRowView;
    }

    /// `calendar "C" working 1, 2 from … to …`
    CalendarView = Calendar {
        /// Its code.
        leaf name: String;
        /// The weekdays on which it works.
        view weekdays: WeekdaysView;
        /// The days that it knows.
        view known: KnownView;
    }

    /// `working 1, 2`
    WeekdaysView = Weekdays {
        /// The weekdays, 1 to 7.
        leaves days: Count;
    }

    /// `from … to …`
    KnownView = Known {
        /// The first and the last day.
        leaves dates: Date;
    }

    /// The header of given rows.
    FixtureHeaderView = FixtureHeader {
        /// The fields.
        leaves heads: Head;
    }

    /// A given row.
    FixtureRowView = FixtureRow {
        /// Its cells.
        leaves cells: Fixture;
    }

    /// `cases` with their rows.
    CasesView = Cases {
        /// The header.
        view header: CaseHeaderView;
        /// The rows.
        views rows: CaseRowView;
    }

    /// The header of cases.
    CaseHeaderView = CaseHeader {
        /// The names that are set.
        leaves heads: Head;
        /// What is asked.
        leaves outputs: Out;
        /// The last column says what decided.
        marked asks_by: "by";
    }

    /// One case.
    CaseRowView = CaseRow {
        /// What the names are set to.
        leaves cells: Fixture;
        /// What is expected.
        leaves outputs: Out;
        /// What must have decided.
        view decided_by: DecidedByView;
    }

    /// The last cell of a case.
    DecidedByView = DecidedBy {
        /// What must have decided.
        leaves deciders: Decider;
    }
}
