//! Numbers that come and go, each at any time to be found by its rank: a treap that counts (R. Seidel and C. R.
//! Aragon, "Randomized search trees", 1996). Its shape depends on the order of work; what it answers does not.

use crate::engine::groups::Number;
use std::cmp::Ordering;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    number: Number,
    priority: u64,
    /// How often the number is there.
    count: u64,
    /// How many numbers there are at and below the node.
    size: u64,
    left: u32,
    right: u32,
}

/// Numbers of one kind, in order.
#[derive(Debug)]
pub(super) struct Ranked {
    nodes: Vec<Node>,
    free: Vec<u32>,
    root: u32,
    dice: u64,
}

impl Ranked {
    pub(super) fn new() -> Self {
        Self { nodes: Vec::new(), free: Vec::new(), root: NONE, dice: 0x9E37_79B9_7F4A_7C15 }
    }

    fn size(&self, at: u32) -> u64 {
        if at == NONE { 0 } else { self.nodes[at as usize].size }
    }

    fn count_again(&mut self, at: u32) {
        let node = self.nodes[at as usize];
        self.nodes[at as usize].size = node.count + self.size(node.left) + self.size(node.right);
    }

    fn roll(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }

    /// Puts a number in.
    pub(super) fn insert(&mut self, number: Number) {
        if self.change(number, true) {
            return;
        }
        let node = Node { number, priority: self.roll(), count: 1, size: 1, left: NONE, right: NONE };
        let new = match self.free.pop() {
            Some(at) => {
                self.nodes[at as usize] = node;
                at
            }
            None => {
                self.nodes.push(node);
                u32::try_from(self.nodes.len() - 1).unwrap_or(NONE)
            }
        };
        let (left, right) = self.split(self.root, &number);
        let left = self.join(left, new);
        self.root = self.join(left, right);
    }

    /// Takes a number out that is in.
    pub(super) fn remove(&mut self, number: Number) {
        if let Some(at) = self.find(number)
            && self.nodes[at as usize].count == 1
        {
            self.root = self.without(self.root, &number);
            self.free.push(at);
            return;
        }
        self.change(number, false);
    }

    fn find(&self, number: Number) -> Option<u32> {
        let mut at = self.root;
        while at != NONE {
            let node = &self.nodes[at as usize];
            at = match number.in_order(&node.number) {
                Ordering::Less => node.left,
                Ordering::Greater => node.right,
                Ordering::Equal => return Some(at),
            };
        }
        None
    }

    /// Counts a number that is in once more or once less; false where it is not in.
    fn change(&mut self, number: Number, more: bool) -> bool {
        if self.find(number).is_none() {
            return false;
        }
        let step = |count: u64| if more { count + 1 } else { count - 1 };
        let mut at = self.root;
        while at != NONE {
            let node = &mut self.nodes[at as usize];
            node.size = step(node.size);
            at = match number.in_order(&node.number) {
                Ordering::Less => node.left,
                Ordering::Greater => node.right,
                Ordering::Equal => {
                    node.count = step(node.count);
                    NONE
                }
            };
        }
        true
    }

    /// The numbers below `number`, and the others.
    fn split(&mut self, at: u32, number: &Number) -> (u32, u32) {
        if at == NONE {
            return (NONE, NONE);
        }
        let node = self.nodes[at as usize];
        if node.number.in_order(number).is_lt() {
            let (low, high) = self.split(node.right, number);
            self.nodes[at as usize].right = low;
            self.count_again(at);
            (at, high)
        } else {
            let (low, high) = self.split(node.left, number);
            self.nodes[at as usize].left = high;
            self.count_again(at);
            (low, at)
        }
    }

    /// Puts two parts together; all of the first are below all of the second.
    fn join(&mut self, low: u32, high: u32) -> u32 {
        if low == NONE || high == NONE {
            return if low == NONE { high } else { low };
        }
        if self.nodes[low as usize].priority > self.nodes[high as usize].priority {
            let right = self.nodes[low as usize].right;
            self.nodes[low as usize].right = self.join(right, high);
            self.count_again(low);
            low
        } else {
            let left = self.nodes[high as usize].left;
            self.nodes[high as usize].left = self.join(low, left);
            self.count_again(high);
            high
        }
    }

    fn without(&mut self, at: u32, number: &Number) -> u32 {
        if at == NONE {
            return NONE;
        }
        let node = self.nodes[at as usize];
        match number.in_order(&node.number) {
            Ordering::Equal => return self.join(node.left, node.right),
            Ordering::Less => self.nodes[at as usize].left = self.without(node.left, number),
            Ordering::Greater => self.nodes[at as usize].right = self.without(node.right, number),
        }
        self.count_again(at);
        at
    }

    /// The number of a rank, from 0.
    pub(super) fn get(&self, mut rank: u64) -> Option<Number> {
        let mut at = self.root;
        while at != NONE {
            let node = &self.nodes[at as usize];
            let below = self.size(node.left);
            if rank < below {
                at = node.left;
            } else if rank < below + node.count {
                return Some(node.number);
            } else {
                rank -= below + node.count;
                at = node.right;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_are_those_of_a_sorted_list(steps in prop::collection::vec((any::<bool>(), -6_i64..6), 0..200)) {
            let (mut ranked, mut list): (Ranked, Vec<i64>) = (Ranked::new(), Vec::new());
            for (insert, number) in steps {
                if insert {
                    ranked.insert(Number::Int(number));
                    list.push(number);
                } else if let Some(at) = list.iter().position(|it| *it == number) {
                    ranked.remove(Number::Int(number));
                    list.remove(at);
                }
                list.sort_unstable();
                prop_assert_eq!(ranked.size(ranked.root), list.len() as u64);
                for (rank, number) in (0..).zip(&list) {
                    prop_assert_eq!(ranked.get(rank), Some(Number::Int(*number)));
                }
                prop_assert_eq!(ranked.get(list.len() as u64), None);
            }
        }
    }
}
