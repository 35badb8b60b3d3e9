//! A view as plain data: elements, texts, and what a click on them means.
//!
//! Owns the tree that views build. It never touches the browser, so every view can be tested natively, and
//! it has no way to express markup: foreign text can only ever become a text node or an attribute's value.

/// What a person does with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Pressed by mouse, touch or key.
    Click,
    /// Typed into.
    Input,
    /// A box ticked or a choice made.
    Change,
    /// A form sent.
    Submit,
    /// Gone over with a pointer that is pressed.
    Brush,
}

/// A node of a view; `A` is what the page understands as an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<A> {
    /// Text, always shown as it is.
    Text(String),
    /// An element.
    El(El<A>),
}

/// An element of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct El<A> {
    /// Its tag name.
    pub tag: &'static str,
    /// Identity among its siblings, so that focus and unfolded parts stay with it when the list changes.
    pub key: Option<String>,
    /// Attributes; `value` and `checked` are set as properties, names that begin with `--` as style properties.
    pub attrs: Vec<(&'static str, String)>,
    /// What happens.
    pub on: Option<(On, A)>,
    /// Children.
    pub kids: Vec<Node<A>>,
}

/// An element without anything yet.
pub fn el<A>(tag: &'static str) -> El<A> {
    El { tag, key: None, attrs: Vec::new(), on: None, kids: Vec::new() }
}

/// A text node.
pub fn text<A>(text: impl Into<String>) -> Node<A> {
    Node::Text(text.into())
}

impl<A> El<A> {
    /// Sets an attribute.
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attrs.push((name, value.into()));
        self
    }

    /// Sets an attribute without a value where `on`.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "") } else { self }
    }

    /// Sets whether a box is ticked; said either way, so that the box always follows the state.
    pub fn checked(self, on: bool) -> Self {
        self.attr("checked", if on { "true" } else { "false" })
    }

    /// Sets its classes.
    pub fn class(self, class: impl Into<String>) -> Self {
        self.attr("class", class)
    }

    /// Sets its id.
    pub fn id(self, id: impl Into<String>) -> Self {
        self.attr("id", id)
    }

    /// Gives it an identity among its siblings.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Makes it do something.
    pub fn on(mut self, on: On, act: A) -> Self {
        self.on = Some((on, act));
        self
    }

    /// Adds text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.kids.push(Node::Text(text.into()));
        self
    }

    /// Adds a child.
    pub fn kid(mut self, kid: impl Into<Node<A>>) -> Self {
        self.kids.push(kid.into());
        self
    }

    /// Adds a child where there is one.
    pub fn maybe(mut self, kid: Option<impl Into<Node<A>>>) -> Self {
        self.kids.extend(kid.map(Into::into));
        self
    }

    /// Adds children.
    pub fn kids(mut self, kids: impl IntoIterator<Item = impl Into<Node<A>>>) -> Self {
        self.kids.extend(kids.into_iter().map(Into::into));
        self
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }
}

impl<A> From<El<A>> for Node<A> {
    fn from(el: El<A>) -> Self {
        Node::El(el)
    }
}

#[cfg(test)]
pub mod testing {
    //! Looking into a view in tests.

    use super::{El, Node};

    /// All text of a view, pieces of different elements parted by a space.
    pub fn text_of<A>(nodes: &[Node<A>]) -> String {
        let mut out = String::new();
        walk(nodes, &mut |node| {
            if let Node::Text(t) = node {
                out.push_str(t);
                out.push(' ');
            }
        });
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Visits every node.
    pub fn walk<'a, A>(nodes: &'a [Node<A>], visit: &mut impl FnMut(&'a Node<A>)) {
        for node in nodes {
            visit(node);
            if let Node::El(el) = node {
                walk(&el.kids, visit);
            }
        }
    }

    /// The element with this id.
    pub fn by_id<'a, A>(nodes: &'a [Node<A>], id: &str) -> Option<&'a El<A>> {
        let mut found = None;
        walk(nodes, &mut |node| {
            if let Node::El(el) = node
                && el.get("id") == Some(id)
            {
                found = Some(el);
            }
        });
        found
    }
}
