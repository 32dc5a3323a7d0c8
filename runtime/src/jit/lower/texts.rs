//! Texts with holes.

use assize_ir::TextPart;
use cranelift_codegen::ir::{InstBuilder, types};

use super::value::{Val, memory};
use super::{Body, Lower};
use crate::jit::host::{Call, Note, TextPart as Part};

impl Body<'_, '_> {
    pub(super) fn text(&mut self, parts: &[TextPart]) -> Lower<Val> {
        if let [TextPart::Text(text)] = parts {
            return Ok(self.text_constant(text));
        }
        let mut words = Vec::new();
        let mut noted = Vec::with_capacity(parts.len());
        for part in parts {
            noted.push(match part {
                TextPart::Text(text) => Part::Text(text.clone()),
                TextPart::Hole(hole) => {
                    let shape = self.shape(*hole)?;
                    let at = words.len();
                    words.extend(self.eval_in(*hole, &shape)?);
                    Part::Hole {
                        at,
                        ty: self.node(*hole)?.ty.clone(),
                        shape,
                    }
                }
            });
        }
        let note = self.unit.note(Note::Text(noted));
        let note = self.int(note);
        let words = self.on_stack(&words);
        let to = self.scratch_address();
        let context = self.context;
        let status = self.call_host(Call::make_text, &[context, note, words, to]);
        self.leave_if_not_zero(status);
        let address = self.b.ins().load(types::I64, memory(), to, 0);
        let bytes = self.b.ins().load(types::I64, memory(), to, 8);
        Ok(Val::Text([address, bytes]))
    }
}
