//! Derives what lets rules read and write Rust types.
//!
//! **Purpose**: `#[derive(Record)]`, `#[derive(Choice)]` and `#[derive(Reasons)]` for the types of a caller of
//! decisions; see `assize_runtime::typed` for how they are used.
//!
//! **Knows**: names. A field, a value or a reason has in the rules the name that it has here, a variant in lower
//! case with `_`; `#[assize(name = "unitPrice")]` says another one, and `#[assize(camel_case)]` on the type makes
//! all of its fields `unitPrice` for `unit_price`.
//!
//! **Must never know**: a rule, or how a value lies in memory: the runtime alone does, and the compiler says where the
//! fields of a struct lie.

mod names;

use proc_macro::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Error, Fields, GenericParam, Result, parse_macro_input};

use names::{Options, snake, unraw};

/// A record: a struct with named fields, given to a decision or taken from one. What borrows can only be given;
/// `#[assize(input_only)]` and `#[assize(output_only)]` say so of others whose fields go one way alone.
#[proc_macro_derive(Record, attributes(assize))]
pub fn record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(record_of(&input))
}

/// An enum without fields. `#[assize(others)]` on a value lets it stand for all names that have none of their own.
#[proc_macro_derive(Choice, attributes(assize))]
pub fn choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(choice_of(&input))
}

/// Reasons: an enum with a variant for each, whose fields are parameters. `#[assize(others)]` on a variant
/// without fields lets it stand for all reasons that have none of their own.
#[proc_macro_derive(Reasons, attributes(assize))]
pub fn reasons(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(reasons_of(&input))
}

fn derived(tokens: Result<proc_macro2::TokenStream>) -> TokenStream {
    tokens.unwrap_or_else(Error::into_compile_error).into()
}

fn record_of(input: &DeriveInput) -> Result<proc_macro2::TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(
            input,
            "a record is a struct with named fields",
        ));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(
            input,
            "a record is a struct with named fields",
        ));
    };
    let of_type = Options::of(&input.attrs)?;
    let mut names = Vec::new();
    let mut idents = Vec::new();
    for field in &fields.named {
        let ident = field.ident.as_ref();
        let ident = ident.ok_or_else(|| Error::new_spanned(field, "a field has a name"))?;
        names.push(Options::of(&field.attrs)?.name_of(ident, &of_type));
        idents.push(ident);
    }
    let types: Vec<_> = fields.named.iter().map(|field| &field.ty).collect();
    let list = types
        .iter()
        .rev()
        .fold(quote!(()), |rest, ty| quote!((#ty, #rest)));
    let pattern = idents
        .iter()
        .rev()
        .fold(quote!(()), |rest, ident| quote!((#ident, #rest)));
    let name = &input.ident;
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let statics = input.generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(_) => quote!('static),
        GenericParam::Type(it) => it.ident.to_token_stream(),
        GenericParam::Const(it) => it.ident.to_token_stream(),
    });
    let statics = quote!(<#(#statics),*>);
    let answers = input.generics.lifetimes().next().is_none() && !of_type.input_only;
    let give = (!of_type.output_only).then(|| {
        quote! {
            impl #impl_generics ::assize_runtime::typed::GiveFields for #name #ty_generics #clause {
                #[inline(always)]
                fn give<'g>(
                    &self,
                    to: ::assize_runtime::typed::Giver<'g, Self::Fields>,
                ) -> ::assize_runtime::typed::Giver<'g, ()> {
                    to #(.field(&self.#idents))*
                }
            }
        }
    });
    let from_fields = answers.then(|| {
        quote! {
            impl #impl_generics ::assize_runtime::typed::FromFields for #name #ty_generics #clause {
                #[inline(always)]
                fn from_fields(fields: Self::Fields) -> Self {
                    let #pattern = fields;
                    Self { #(#idents),* }
                }
            }
        }
    });
    Ok(quote! {
        impl #impl_generics ::assize_runtime::typed::Term for #name #ty_generics #clause {
            type Kind = ::assize_runtime::typed::RecordKind<Self>;
        }
        // SAFETY: the compiler says where the fields lie.
        unsafe impl #impl_generics ::assize_runtime::typed::Record for #name #ty_generics #clause {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const OFFSETS: &'static [usize] = &[#(::core::mem::offset_of!(Self, #idents)),*];
            type Fields = #list;
            type Static = #name #statics;
        }
        #give
        #from_fields
    })
}

fn choice_of(input: &DeriveInput) -> Result<proc_macro2::TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(
            input,
            "a choice is an enum without fields",
        ));
    };
    let mut names = Vec::new();
    let mut idents = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(
                variant,
                "a value of a choice has no fields",
            ));
        }
        names.push(Options::of(&variant.attrs)?.name_or(snake(&variant.ident)));
        idents.push(&variant.ident);
    }
    // Without a repr the compiler alone knows how an enum is held.
    let mut is_byte = false;
    for attribute in &input.attrs {
        if attribute.path().is_ident("repr") {
            attribute.parse_nested_meta(|meta| {
                is_byte |= meta.path.is_ident("u8");
                Ok(())
            })?;
        }
    }
    let is_byte = is_byte && data.variants.iter().all(|it| it.discriminant.is_none());
    let positions = 0..idents.len();
    let back = positions.clone();
    let name = &input.ident;
    Ok(quote! {
        impl ::assize_runtime::typed::Term for #name {
            type Kind = ::assize_runtime::typed::ChoiceKind<Self>;
        }
        // SAFETY: such an enum is held as its repr says, and its values count from 0.
        unsafe impl ::assize_runtime::typed::Choice for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const IS_BYTE: bool = #is_byte;
            #[inline(always)]
            fn position(self) -> usize {
                match self {
                    #(Self::#idents => #positions),*
                }
            }
            #[inline(always)]
            fn at(position: usize) -> ::core::option::Option<Self> {
                match position {
                    #(#back => ::core::option::Option::Some(Self::#idents),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    })
}

fn reasons_of(input: &DeriveInput) -> Result<proc_macro2::TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(
            input,
            "reasons are an enum with a variant for each",
        ));
    };
    let mut names = Vec::new();
    let mut lists = Vec::new();
    let mut arms = Vec::new();

    for variant in &data.variants {
        let options = Options::of(&variant.attrs)?;
        let mut params = Vec::new();
        let mut idents = Vec::new();
        match &variant.fields {
            Fields::Unit => {}
            Fields::Named(fields) => {
                for field in &fields.named {
                    let ident = field.ident.as_ref();
                    let ident =
                        ident.ok_or_else(|| Error::new_spanned(field, "a parameter has a name"))?;
                    params.push(Options::of(&field.attrs)?.name_or(unraw(ident)));
                    idents.push(ident);
                }
            }
            Fields::Unnamed(_) => {
                return Err(Error::new_spanned(
                    variant,
                    "parameters of a reason have names: `{ used: Fixed<2> }`",
                ));
            }
        }
        let name = options.name_or(snake(&variant.ident));
        let types: Vec<_> = variant.fields.iter().map(|field| &field.ty).collect();
        lists.push(
            types
                .iter()
                .rev()
                .fold(quote!(()), |rest, ty| quote!((#ty, #rest))),
        );
        names.push(quote!((#name, &[#(#params),*])));
        let pattern = idents
            .iter()
            .rev()
            .fold(quote!(()), |rest, ident| quote!((#ident, #rest)));
        let ident = &variant.ident;
        arms.push(quote! {
            let it = match it {
                ::assize_runtime::typed::Either::This(#pattern) => {
                    return Self::#ident { #(#idents),* };
                }
                ::assize_runtime::typed::Either::Other(it) => it,
            };
        });
    }
    let list = lists
        .iter()
        .rev()
        .fold(quote!(()), |rest, params| quote!((#params, #rest)));
    let name = &input.ident;
    Ok(quote! {
        impl ::assize_runtime::typed::Term for #name {
            type Kind = ::assize_runtime::typed::ReasonsKind<Self>;
        }
        impl ::assize_runtime::typed::Reasons for #name {
            const NAMES: &'static [(&'static str, &'static [&'static str])] = &[#(#names),*];
            type Variants = #list;
            fn from_variant(
                it: <Self::Variants as ::assize_runtime::typed::Variants>::Sum,
            ) -> Self {
                #(#arms)*
                match it {}
            }
        }
    })
}
