//! Lists of whole numbers in the narrowest width that holds them all.

/// A list of bits.
#[derive(Clone, Debug, Default)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The bits of a list, or `None` when all are set: the common case needs no memory.
    pub fn unless_all(bits: impl Iterator<Item = bool> + Clone) -> Option<Bits> {
        if bits.clone().all(|bit| bit) {
            return None;
        }
        Some(Bits::new(bits))
    }

    /// The bits of a list.
    pub fn new(bits: impl Iterator<Item = bool>) -> Bits {
        let mut words = Vec::new();
        let (mut word, mut filled) = (0u64, 0u32);
        for bit in bits {
            word |= u64::from(bit) << filled;
            filled += 1;
            if filled == u64::BITS {
                words.push(word);
                (word, filled) = (0, 0);
            }
        }
        if filled > 0 {
            words.push(word);
        }
        words.shrink_to_fit();
        Bits { words }
    }

    /// The bit at a position; not set beyond the end.
    pub fn get(&self, at: u32) -> bool {
        let word = self.words.get((at / u64::BITS) as usize).copied();
        word.is_some_and(|word| word >> (at % u64::BITS) & 1 == 1)
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

/// A list of whole numbers.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// 0 and 1.
    Bits(Bits),
    /// 8 bits.
    I8(Box<[i8]>),
    /// 16 bits.
    I16(Box<[i16]>),
    /// 32 bits.
    I32(Box<[i32]>),
    /// 64 bits.
    I64(Box<[i64]>),
}

impl Numbers {
    /// The numbers of a list, in its order.
    pub fn new(list: &[i64]) -> Numbers {
        let low = list.iter().copied().min().unwrap_or(0);
        let high = list.iter().copied().max().unwrap_or(0);
        let within = |least: i64, most: i64| least <= low && high <= most;
        if within(0, 1) {
            Numbers::Bits(Bits::new(list.iter().map(|number| *number == 1)))
        } else if within(i8::MIN.into(), i8::MAX.into()) {
            Numbers::I8(narrow(list))
        } else if within(i16::MIN.into(), i16::MAX.into()) {
            Numbers::I16(narrow(list))
        } else if within(i32::MIN.into(), i32::MAX.into()) {
            Numbers::I32(narrow(list))
        } else {
            Numbers::I64(Box::from(list))
        }
    }

    /// The number at a position; 0 beyond the end.
    pub fn get(&self, at: u32) -> i64 {
        let at_index = at as usize;
        match self {
            Numbers::Bits(bits) => i64::from(bits.get(at)),
            Numbers::I8(list) => list.get(at_index).copied().map_or(0, i64::from),
            Numbers::I16(list) => list.get(at_index).copied().map_or(0, i64::from),
            Numbers::I32(list) => list.get(at_index).copied().map_or(0, i64::from),
            Numbers::I64(list) => list.get(at_index).copied().unwrap_or(0),
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Numbers::Bits(bits) => bits.bytes(),
            Numbers::I8(list) => size_of_val::<[i8]>(list),
            Numbers::I16(list) => size_of_val::<[i16]>(list),
            Numbers::I32(list) => size_of_val::<[i32]>(list),
            Numbers::I64(list) => size_of_val::<[i64]>(list),
        }
    }
}

/// All numbers of the list fit: its ends were looked at before.
fn narrow<T: TryFrom<i64> + Default>(list: &[i64]) -> Box<[T]> {
    list.iter()
        .map(|number| T::try_from(*number).unwrap_or_default())
        .collect()
}
