//! Reading JSON into what it means, with little code.
//!
//! Owns: [`read`], which takes a struct from an object and from nothing else. serde's readers also take one from an array, field
//! by field, which nobody writes and which makes each of them nearly twice as long; all of a background's code is read at
//! every wake-up. Nor is it put into words what is wrong with a value. Never: changes what an object means.

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use std::fmt;

/// Reads a whole text.
///
/// # Errors
/// It is no JSON, or means something else, or goes on.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unlike> {
    let mut from = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Objects(&mut from))?;
    from.end().map_err(unlike)?;
    Ok(value)
}

/// A value is not what it should be. Which of its fields is missing, or what stands there instead, is not said: each reader would have
/// the sentences.
#[derive(Debug)]
pub struct Unlike;

impl fmt::Display for Unlike {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not what should stand there")
    }
}

impl std::error::Error for Unlike {}

impl serde::de::Error for Unlike {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// What a reader of ours says, in the words of what it reads from.
#[cold]
#[inline(never)]
fn told<E: serde::de::Error>(what: Unlike) -> E {
    E::custom(what)
}

/// What is read from says that something is wrong: it is let go of in one place.
#[cold]
#[inline(never)]
fn unlike<E>(_: E) -> Unlike {
    Unlike
}

/// What hands out structs as maps.
struct Objects<D>(D);

/// What is told of a value, and asks for the values within it.
struct Told<V>(V);

/// What reads a value within.
struct Within<S>(S);

/// What reads the fields of a variant.
struct Fields<V>(V);

/// Values within a list, an object or a variant.
struct Inside<A>(A);

macro_rules! hand_on {
    ($($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
            self.0.$name(Told(visitor)).map_err(unlike)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = Unlike;

    hand_on! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_unit deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Unlike> {
        self.0.deserialize_unit_struct(name, Told(visitor)).map_err(unlike)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Unlike> {
        self.0.deserialize_newtype_struct(name, Told(visitor)).map_err(unlike)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unlike> {
        self.0.deserialize_tuple(length, Told(visitor)).map_err(unlike)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unlike> {
        self.0.deserialize_tuple_struct(name, length, Told(visitor)).map_err(unlike)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unlike> {
        self.0.deserialize_map(Told(visitor)).map_err(unlike)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unlike> {
        self.0.deserialize_enum(name, variants, Told(visitor)).map_err(unlike)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! tell {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$name(value).map_err(told)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Told<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what should stand there")
    }

    tell! {
        visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64, visit_str: &str,
        visit_borrowed_str: &'de str, visit_string: String, visit_bytes: &[u8], visit_borrowed_bytes: &'de [u8],
        visit_byte_buf: Vec<u8>
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none().map_err(told)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit().map_err(told)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(from)).map_err(told)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(from)).map_err(told)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, from: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Inside(from)).map_err(told)
    }

    fn visit_map<A: MapAccess<'de>>(self, from: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Inside(from)).map_err(told)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, from: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Inside(from)).map_err(told)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Within<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(from)).map_err(told)
    }
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Fields<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        from.deserialize_map(Told(self.0))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Inside<A> {
    type Error = Unlike;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unlike> {
        self.0.next_element_seed(Within(seed)).map_err(unlike)
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Inside<A> {
    type Error = Unlike;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unlike> {
        self.0.next_key_seed(Within(seed)).map_err(unlike)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unlike> {
        self.0.next_value_seed(Within(seed)).map_err(unlike)
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Inside<A> {
    type Error = Unlike;
    type Variant = Inside<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), Unlike> {
        let (value, variant) = self.0.variant_seed(Within(seed)).map_err(unlike)?;
        Ok((value, Inside(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Inside<A> {
    type Error = Unlike;

    fn unit_variant(self) -> Result<(), Unlike> {
        self.0.unit_variant().map_err(unlike)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unlike> {
        self.0.newtype_variant_seed(Within(seed)).map_err(unlike)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unlike> {
        self.0.tuple_variant(length, Told(visitor)).map_err(unlike)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unlike> {
        self.0.newtype_variant_seed(Fields(visitor)).map_err(unlike)
    }
}

/// An enum that is read from an object whose first field is its type, as everything writes it that derives [`serde::Serialize`].
/// What serde derives takes the type from anywhere: it keeps all that the object holds until it has met it, and then reads
/// each variant from there, for which all readers are compiled once more.
macro_rules! typed {
    ($(#[$meta:meta])* pub enum $name:ident ($remote:tt by $tag:literal) as $told:ident { $($body:tt)* }) => {
        $(#[$meta])*
        pub enum $name { $($body)* }

        #[derive(serde::Deserialize)]
        #[serde(remote = $remote, rename_all = "snake_case")]
        enum $told { $($body)* }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        formatter.write_str("an object that begins with its type")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        $told::deserialize($crate::json::Typed(map, $tag))
                    }
                }
                from.deserialize_map(Object)
            }
        }
    };
}
pub(crate) use typed;

/// The fields of an object as an enum: the first, of this name, says which variant; the others are its fields.
pub(crate) struct Typed<A>(pub(crate) A, pub(crate) &'static str);

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Typed<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Typed<A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self), A::Error> {
        if self.0.next_key::<String>()?.is_some_and(|key| key == self.1) {
            return Ok((self.0.next_value_seed(seed)?, self));
        }
        Err(serde::de::Error::custom("the type does not come first"))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Typed<A> {
    type Error = A::Error;

    fn unit_variant(mut self) -> Result<(), A::Error> {
        while self.0.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        seed.deserialize(serde::de::value::MapAccessDeserializer::new(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, A::Error> {
        Err(serde::de::Error::custom("no object has fields without names"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        count: u32,
        #[serde(default)]
        name: Option<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Plain {
        Unit,
        One(Inner),
        Two(u8, Inner),
        Named { inner: Inner },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Tagged {
        Ping,
        Of { inner: Inner },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Pair(String, Vec<Inner>);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        plain: Vec<Plain>,
        tagged: Vec<Tagged>,
        pair: Pair,
        map: BTreeMap<u32, Inner>,
        anything: serde_json::Value,
        number: f64,
        #[serde(flatten)]
        flat: Inner,
    }

    fn all() -> All {
        let inner = |count| Inner { count, name: (count > 1).then(|| "two\n".to_owned()) };
        All {
            plain: vec![Plain::Unit, Plain::One(inner(1)), Plain::Two(7, inner(2)), Plain::Named { inner: inner(3) }],
            tagged: vec![Tagged::Ping, Tagged::Of { inner: inner(4) }],
            pair: Pair("p".into(), vec![inner(5), inner(0)]),
            map: BTreeMap::from([(6, inner(6))]),
            anything: serde_json::json!({"a": [1, null, {"b": -2.5}]}),
            number: -0.25,
            flat: inner(8),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = serde_json::to_vec_pretty(&all()).unwrap();
        assert_eq!(read::<All>(&text).unwrap(), all());
        assert_eq!(serde_json::from_slice::<All>(&text).unwrap(), all());
        assert_eq!(read::<Option<Inner>>(b"null").unwrap(), None);
    }

    #[test]
    fn what_is_cut_off_or_goes_on_or_is_a_list_of_fields_is_refused() {
        let text = serde_json::to_vec(&all()).unwrap();
        for end in 0..text.len() {
            assert!(read::<All>(&text[..end]).is_err(), "{end}");
        }
        assert!(read::<All>(&[&text[..], b" {}"].concat()).is_err());
        assert!(read::<All>(&[&text[..], b" \n"].concat()).is_ok());
        assert!(read::<Inner>(br#"[1, "x"]"#).is_err());
        assert!(read::<Plain>(br#"{"Named": [{"count": 1}]}"#).is_err());
        assert!(read::<Inner>(br#"{"count": -1}"#).is_err());
        assert!(read::<Inner>("[".repeat(100_000).as_bytes()).is_err(), "deep");
        assert!(read::<serde_json::Value>("[".repeat(100_000).as_bytes()).is_err(), "deep");
    }

    fn what_begins_with_its_type<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(all: &[T]) {
        for one in all {
            let text = serde_json::to_vec(one).unwrap();
            assert_eq!(&serde_json::from_slice::<T>(&text).unwrap(), one);
            assert_eq!(&read::<T>(&text).unwrap(), one);
        }
    }

    #[test]
    fn messages_begin_with_their_type() {
        use crate::audit::AuditAsk;
        use crate::coding::{CodingForm, SurveyAsk};
        use crate::messages::{Answer, Ask, Collected, Event};
        what_begins_with_its_type(&[
            Answer::Kept,
            Answer::Queued { report_id: "r".into(), undo_ms: 3 },
            Answer::Refused { message: "m".into(), args: vec!["a".into()] },
            Answer::State(Box::default()),
        ]);
        let (survey, task) = ("s".to_owned(), "t".to_owned());
        let form = Box::new(CodingForm::default());
        what_begins_with_its_type(&[
            Ask::State,
            Ask::Agree { adult: true, rules: false },
            Ask::Survey(SurveyAsk::Draft { survey: survey.clone(), task: task.clone(), listing: "l".into(), form }),
            Ask::Survey(SurveyAsk::Done { survey, task, done: true }),
            Ask::Audit(AuditAsk::Look { tab_id: -1 }),
            Ask::Audit(AuditAsk::Say { listing: "l".into(), answer: None }),
        ]);
        what_begins_with_its_type(&[Event::StateChanged, Event::DraftReady { tab_id: 7 }]);
        what_begins_with_its_type(&[
            Collected::Nothing,
            Collected::MovedOn { url_at_match: "a".into(), url_now: "b".into() },
        ]);
        let read = |text: &str| serde_json::from_str::<Answer>(text);
        assert!(read(r#"{"type":"kept","more":[1]}"#).is_ok());
        for wrong in [
            r#"{"undo_ms":3,"type":"queued","report_id":"r"}"#,
            r#"{"type":"queued","undo_ms":3}"#,
            "{}",
            "[]",
            r#"{"type":"no"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let read = |text: &str| serde_json::from_str::<Ask>(text);
        assert!(read(r#"{"type":"audit","step":"look","tab_id":1}"#).is_ok());
        for wrong in [
            r#"{"type":"audit","tab_id":1,"step":"look"}"#,
            r#"{"step":"look","type":"audit","tab_id":1}"#,
            r#"{"type":"audit"}"#,
            r#"{"type":"audit","step":"look"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
