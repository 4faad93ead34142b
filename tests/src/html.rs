//! Pages as a program reads them: where they lead, and what their forms would send as they stand.

use crate::http::unescape;

/// A form as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    /// What a browser would send: ticked boxes, chosen options, texts and hidden values.
    pub fields: Vec<(String, String)>,
    /// Boxes and options that nobody ticked or chose.
    pub open: Vec<(String, String)>,
}

struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, String)>,
    /// What stands between this tag and the next.
    text: &'a str,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

fn tags(page: &str) -> Vec<Tag<'_>> {
    page.split('<').skip(1).filter_map(tag).collect()
}

fn tag(text: &str) -> Option<Tag<'_>> {
    let name_ends = text.find([' ', '>', '\n'])?;
    let (name, mut rest) = text.split_at(name_ends);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(text) = rest.strip_prefix('>') {
            return Some(Tag { name, attributes, text });
        }
        let attribute_ends = rest.find(['=', ' ', '>', '\n'])?;
        let attribute = &rest[..attribute_ends];
        rest = &rest[attribute_ends..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let ends = quoted.find('"')?;
            value = unescape(&quoted[..ends]);
            rest = &quoted[ends + 1..];
        }
        attributes.push((attribute, value));
    }
}

/// Where a page's links lead.
pub fn links(page: &str) -> Vec<String> {
    let links = tags(page).into_iter().filter(|tag| tag.name == "a");
    links.filter_map(|tag| tag.get("href").map(str::to_owned)).collect()
}

/// A page's forms.
pub fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for tag in tags(page) {
        if tag.name == "form" {
            assert_eq!(tag.get("method"), Some("post"), "a form that changes nothing needs no form");
            let action = tag.get("action").unwrap().to_owned();
            forms.push(Form { action, fields: vec![], open: vec![] });
        }
        let (Some(form), Some(name)) = (forms.last_mut(), tag.get("name")) else { continue };
        let value = tag.get("value");
        match (tag.name, tag.get("type")) {
            ("input", Some("checkbox" | "radio")) => {
                let field = (name.to_owned(), value.unwrap_or("on").to_owned());
                if tag.get("checked").is_some() { form.fields.push(field) } else { form.open.push(field) }
            }
            ("input" | "button", _) => {
                form.fields.push((name.to_owned(), value.unwrap_or_default().to_owned()));
            }
            ("textarea", _) => {
                let text = tag.text.strip_prefix('\n').unwrap_or(tag.text);
                form.fields.push((name.to_owned(), unescape(text)));
            }
            // Page descriptions have names too.
            _ => {}
        }
    }
    forms
}
