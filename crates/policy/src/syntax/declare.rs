//! The two declarations of the language: [`tables!`] and [`words!`]. One declaration gives a type, its parser with
//! recovery, its JSON Schema, its canonical facts and its documentation.

/// Declares a table of the language: struct, parser and schema in one.
macro_rules! tables {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident $what:literal {
            $( $(#[doc = $field_doc:literal])* $field:ident $(= $key:literal)? : $type:ty, )*
        }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $type, )*
            /// Where the table stands.
            pub span: $crate::syntax::shape::Here,
        }

        impl $crate::syntax::shape::Shape for $name {
            fn read(node: $crate::syntax::reader::Node<'_>, to: &mut $crate::syntax::reader::Reader<'_>) -> Option<Self> {
                let mut keys = $crate::syntax::reader::Keys::open(node, $what, to)?;
                $( let $field: Option<$type> = keys.take($crate::syntax::declare::key!($field $($key)?)); )*
                let span = $crate::syntax::shape::Here(keys.span());
                keys.close();
                Some(Self { $( $field: $field?, )* span })
            }

            fn schema(defs: &mut serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
                let name = stringify!($name);
                if !defs.contains_key(name) {
                    defs.insert(name.to_owned(), serde_json::Value::Null);
                    let mut properties = serde_json::Map::new();
                    let mut required: Vec<&str> = Vec::new();
                    $({
                        let key = $crate::syntax::declare::key!($field $($key)?);
                        let mut about = <$type as $crate::syntax::shape::Shape>::schema(defs);
                        let text = concat!($($field_doc),*).trim_start();
                        if let (Some(map), false) = (about.as_object_mut(), text.is_empty()) {
                            map.insert("description".to_owned(), text.into());
                        }
                        properties.insert(key.to_owned(), about);
                        if <$type as $crate::syntax::shape::Shape>::absent(false).is_none() {
                            required.push(key);
                        }
                    })*
                    properties.insert("silent".to_owned(), serde_json::json!({
                        "type": "array", "items": {"type": "string"},
                        "description": "Slots on which the published text is silent, as a reader confirmed.",
                    }));
                    defs.insert(name.to_owned(), serde_json::json!({
                        "type": "object", "description": concat!($($doc),*).trim_start(),
                        "properties": properties, "required": required, "additionalProperties": false,
                    }));
                }
                serde_json::json!({"$ref": format!("#/$defs/{name}")})
            }

            fn stand_in() -> Option<Self> {
                Some(Self {
                    $( $field: <$type as $crate::syntax::shape::Shape>::stand_in()?, )*
                    span: $crate::syntax::shape::Here::default(),
                })
            }

            fn facts(&self) -> serde_json::Value {
                $crate::syntax::facts::table([$((
                    $crate::syntax::declare::key!($field $($key)?),
                    $crate::syntax::shape::Shape::facts(&self.$field),
                ),)*])
            }

            fn apart(&self, other: &Self) -> [serde_json::Value; 2] {
                let mut both = [serde_json::Map::new(), serde_json::Map::new()];
                $(if self.$field != other.$field {
                    let facts = $crate::syntax::shape::Shape::beside(&self.$field, &other.$field);
                    let key = $crate::syntax::declare::key!($field $($key)?);
                    both.iter_mut().zip(facts).filter(|(_, fact)| !fact.is_null()).for_each(|(map, fact)| {
                        map.insert(key.to_owned(), fact);
                    });
                })*
                both.map(serde_json::Value::Object)
            }

            fn each_ref(&mut self, visit: &mut dyn FnMut($crate::syntax::kind::Kind, &mut String, $crate::finding::Span)) {
                $( $crate::syntax::shape::Shape::each_ref(&mut self.$field, visit); )*
            }
        }
    )* };
}

/// Declares a closed list of words.
macro_rules! words {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident { $( $(#[doc = $word_doc:literal])* $variant:ident = $word:literal, )* }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[doc = $word_doc])* #[serde(rename = $word)] $variant, )*
        }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it is written.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.word())
            }
        }

        impl $crate::syntax::shape::Shape for $name {
            fn read(node: $crate::syntax::reader::Node<'_>, to: &mut $crate::syntax::reader::Reader<'_>) -> Option<Self> {
                let text = String::read(node, to)?;
                let found = Self::ALL.iter().copied().find(|word| word.word() == text);
                if found.is_none() {
                    to.unknown_word(node, &text, &[$($word),*]);
                }
                found
            }

            fn stand_in() -> Option<Self> {
                Self::ALL.first().copied()
            }

            fn facts(&self) -> serde_json::Value {
                self.word().into()
            }

            fn schema(_: &mut serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
                serde_json::json!({"enum": [$($word),*], "description": concat!($($doc),*).trim_start()})
            }
        }
    )* };
}

/// The key of a field: its name, or the literal given for names that Rust cannot spell.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

pub(crate) use {key, tables, words};
