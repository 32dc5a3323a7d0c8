//! Places the nodes of a graph in columns, so that every line leads to the right.
//!
//! The classic way: columns by the longest path, lines through the columns between by waypoints, an
//! order in each column by the middle of the neighbours, heights by the same middle. Whole numbers
//! only, no chance: the same graph gives the same picture.

/// Passes over all columns that look for an order with fewer crossings.
const ORDER_PASSES: usize = 12;
/// Passes over all columns that bring neighbours to one height.
const HEIGHT_PASSES: usize = 12;
/// Room between two nodes of a column, in pixels.
const GAP: i64 = 14;
/// Room between a node and a passing line, in pixels.
const LINE_GAP: i64 = 8;
/// Room between two columns, in pixels.
const COLUMN_GAP: i64 = 54;

/// Width and height of a node, in pixels.
pub type Size = (i64, i64);

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Width and height.
    pub size: Size,
    /// Left and top of each node.
    pub nodes: Vec<(i64, i64)>,
    /// Waypoints of each edge: from its node to the end of the column, then alternately to the
    /// next column and along it.
    pub edges: Vec<Vec<(i64, i64)>>,
}

/// A node or a waypoint of an edge.
#[derive(Clone, Debug, Default)]
struct Item {
    column: usize,
    size: Size,
    /// Middle, in pixels.
    middle: i64,
    waypoint: bool,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Places the nodes of a graph without circles.
pub fn layout(sizes: &[Size], edges: &[(usize, usize)]) -> Picture {
    let mut items: Vec<Item> = sizes
        .iter()
        .map(|size| Item {
            size: *size,
            ..Item::default()
        })
        .collect();
    for (node, column) in columns(sizes.len(), edges).into_iter().enumerate() {
        if let Some(item) = items.get_mut(node) {
            item.column = column;
        }
    }
    let chains: Vec<Vec<usize>> = edges.iter().map(|edge| chain(*edge, &mut items)).collect();
    let count = items.iter().map(|item| item.column + 1).max().unwrap_or(0);
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, item) in items.iter().enumerate() {
        if let Some(column) = order.get_mut(item.column) {
            column.push(index);
        }
    }
    for pass in 0..ORDER_PASSES {
        arrange(&mut order, &items, pass % 2 == 0);
    }
    heights(&order, &mut items);
    let lefts = lefts(&order, &items);
    let top = items
        .iter()
        .map(|item| item.middle - item.size.1 / 2)
        .min()
        .unwrap_or(0);
    let bottom = items
        .iter()
        .map(|item| item.middle + item.size.1 / 2)
        .max()
        .unwrap_or(0);
    let left = |item: &Item| lefts.get(item.column).map_or(0, |column| column.0);
    let width = lefts.last().map_or(0, |(left, width)| left + width);
    let nodes = items
        .iter()
        .take(sizes.len())
        .map(|item| (left(item), item.middle - item.size.1 / 2 - top))
        .collect();
    let edges = chains
        .iter()
        .map(|chain| {
            let mut points = Vec::new();
            for (position, index) in chain.iter().enumerate() {
                let Some(item) = items.get(*index) else {
                    continue;
                };
                let y = item.middle - top;
                let column = lefts.get(item.column).copied().unwrap_or_default();
                if position > 0 {
                    points.push((column.0, y));
                }
                if position + 1 < chain.len() {
                    if !item.waypoint {
                        points.push((column.0 + item.size.0, y));
                    }
                    // A line bends right of its column only, clear of the wider nodes in it.
                    points.push((column.0 + column.1, y));
                }
            }
            points
        })
        .collect();
    Picture {
        size: (width, bottom - top),
        nodes,
        edges,
    }
}

/// The column of each node: one more than the greatest of those that need it.
fn columns(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut columns = vec![0_usize; count];
    // A longest path has fewer edges than there are nodes; a circle ends here, too.
    for _ in 0..count {
        let mut changed = false;
        for (from, to) in edges {
            let least = columns.get(*from).copied().unwrap_or(0) + 1;
            if let Some(column) = columns.get_mut(*to)
                && *column < least
                && least < count
            {
                *column = least;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    columns
}

/// Leads an edge through every column between its ends.
fn chain((from, to): (usize, usize), items: &mut Vec<Item>) -> Vec<usize> {
    let column = |at: usize, items: &[Item]| items.get(at).map_or(0, |item| item.column);
    let (start, end) = (column(from, items), column(to, items));
    let mut chain = vec![from];
    for between in start + 1..end {
        items.push(Item {
            column: between,
            waypoint: true,
            ..Item::default()
        });
        chain.push(items.len() - 1);
    }
    chain.push(to);
    for (a, b) in chain.iter().zip(chain.iter().skip(1)) {
        if let Some(item) = items.get_mut(*a) {
            item.after.push(*b);
        }
        if let Some(item) = items.get_mut(*b) {
            item.before.push(*a);
        }
    }
    chain
}

/// Orders each column by the middle of its neighbours' positions on one side.
fn arrange(order: &mut [Vec<usize>], items: &[Item], forward: bool) {
    let count = order.len();
    for step in 1..count {
        let (here, there) = if forward {
            (step, step - 1)
        } else {
            (count - 1 - step, count - step)
        };
        let mut positions = vec![None; items.len()];
        for (position, index) in order.get(there).into_iter().flatten().enumerate() {
            if let Some(place) = positions.get_mut(*index) {
                *place = i64::try_from(position).ok();
            }
        }
        let Some(column) = order.get_mut(here) else {
            continue;
        };
        let mut keyed: Vec<(i64, usize, usize)> = column
            .iter()
            .enumerate()
            .map(|(own, index)| {
                let item = items.get(*index);
                let neighbours = item.map(|item| if forward { &item.before } else { &item.after });
                let found: Vec<i64> = neighbours
                    .into_iter()
                    .flatten()
                    .filter_map(|other| positions.get(*other).copied().flatten())
                    .collect();
                // In thousandths, so that middles between two positions differ.
                let own_key = i64::try_from(own).unwrap_or(i64::MAX).saturating_mul(1_000);
                let key = average(&found.iter().map(|at| at * 1_000).collect::<Vec<_>>());
                (key.unwrap_or(own_key), own, *index)
            })
            .collect();
        keyed.sort_unstable();
        *column = keyed.into_iter().map(|(_, _, index)| index).collect();
    }
}

fn average(values: &[i64]) -> Option<i64> {
    let count = i64::try_from(values.len())
        .ok()
        .filter(|count| *count > 0)?;
    Some(values.iter().sum::<i64>() / count)
}

/// Brings each node near the middle of its neighbours without changing an order.
fn heights(order: &[Vec<usize>], items: &mut [Item]) {
    for column in order {
        let mut y = 0;
        for index in column {
            if let Some(item) = items.get_mut(*index) {
                item.middle = y + item.size.1 / 2;
                y += item.size.1 + GAP;
            }
        }
    }
    for pass in 0..HEIGHT_PASSES {
        for step in 0..order.len() {
            let at = if pass % 2 == 0 {
                step
            } else {
                order.len() - 1 - step
            };
            let Some(column) = order.get(at) else {
                continue;
            };
            let wished: Vec<i64> = column
                .iter()
                .map(|index| {
                    let Some(item) = items.get(*index) else {
                        return 0;
                    };
                    let side = if pass % 2 == 0 {
                        &item.before
                    } else {
                        &item.after
                    };
                    let middles: Vec<i64> = side
                        .iter()
                        .filter_map(|other| items.get(*other).map(|other| other.middle))
                        .collect();
                    average(&middles).unwrap_or(item.middle)
                })
                .collect();
            let placed = spread(column, &wished, items);
            for (index, middle) in column.iter().zip(placed) {
                if let Some(item) = items.get_mut(*index) {
                    item.middle = middle;
                }
            }
        }
    }
}

/// The wished middles, moved apart as far as the sizes ask: the mean of what pushing down and
/// pushing up give, which keeps all distances that both keep.
fn spread(column: &[usize], wished: &[i64], items: &[Item]) -> Vec<i64> {
    let distance = |a: usize, b: usize| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => {
            let gap = if a.waypoint || b.waypoint {
                LINE_GAP
            } else {
                GAP
            };
            (a.size.1 + b.size.1) / 2 + gap
        }
        _ => 0,
    };
    let mut down: Vec<i64> = Vec::with_capacity(wished.len());
    let mut last: Option<(usize, i64)> = None;
    for (index, wish) in column.iter().zip(wished) {
        let at = last.map_or(*wish, |(other, middle)| {
            (*wish).max(middle + distance(other, *index))
        });
        down.push(at);
        last = Some((*index, at));
    }
    let mut up: Vec<i64> = Vec::with_capacity(wished.len());
    last = None;
    for (index, wish) in column.iter().zip(wished).rev() {
        let at = last.map_or(*wish, |(other, middle)| {
            (*wish).min(middle - distance(other, *index))
        });
        up.push(at);
        last = Some((*index, at));
    }
    up.reverse();
    down.iter()
        .zip(up)
        .map(|(down, up)| (down + up).div_euclid(2))
        .collect()
}

/// Left and width of each column.
fn lefts(order: &[Vec<usize>], items: &[Item]) -> Vec<(i64, i64)> {
    let mut left = 0;
    order
        .iter()
        .map(|column| {
            let sizes = column.iter().filter_map(|index| items.get(*index));
            let width = sizes.map(|item| item.size.0).max().unwrap_or(0);
            let here = left;
            left += width + COLUMN_GAP;
            (here, width)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlaps(picture: &Picture, sizes: &[Size]) -> bool {
        let boxes: Vec<_> = picture.nodes.iter().zip(sizes).collect();
        boxes.iter().enumerate().any(|(index, (a, a_size))| {
            boxes.iter().skip(index + 1).any(|(b, b_size)| {
                a.0 < b.0 + b_size.0
                    && b.0 < a.0 + a_size.0
                    && a.1 < b.1 + b_size.1
                    && b.1 < a.1 + a_size.1
            })
        })
    }

    #[test]
    fn lines_lead_to_the_right_and_nothing_overlaps() {
        let sizes = vec![(100, 30); 8];
        let edges = [
            (0, 1),
            (0, 2),
            (0, 3),
            (1, 4),
            (2, 4),
            (2, 5),
            (3, 6),
            (4, 7),
            (0, 7),
            (5, 7),
        ];
        let picture = layout(&sizes, &edges);
        assert!(!overlaps(&picture, &sizes));
        for points in &picture.edges {
            assert!(
                points.windows(2).all(|pair| pair[0].0 <= pair[1].0),
                "{points:?}"
            );
        }
        assert_eq!(picture, layout(&sizes, &edges));
    }

    #[test]
    fn a_circle_and_nothing_at_all_end() {
        assert_eq!(layout(&[], &[]), Picture::default());
        let picture = layout(&[(10, 10), (10, 10)], &[(0, 1), (1, 0)]);
        assert_eq!(picture.nodes.len(), 2);
    }
}
