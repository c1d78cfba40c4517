//! What an NPY header has: dicts with texts for keys, lists, tuples, texts, integers, True, False and None. Nothing is evaluated.

use crate::error::{Error, Result};

const DEEPEST: usize = 200;

#[derive(Debug, PartialEq)]
pub(crate) enum Literal {
    None,
    Bool(bool),
    Int(u64),
    Text(String),
    List(Vec<Literal>),
    Tuple(Vec<Literal>),
    Dict(Vec<(String, Literal)>),
}

pub(crate) fn parse(text: &str) -> Result<Literal> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    parser.space();
    if parser.at == text.len() {
        Ok(value)
    } else {
        Err(parser.fail())
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn fail(&self) -> Error {
        Error::new(format!("an NPY header that is no literal of Python (at character {})", self.at))
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        let left = self.rest().trim_start_matches([' ', '\t', '\r', '\n', '\x0c']).len();
        self.at = self.text.len() - left;
    }

    /// Passes over what comes next, if it is this.
    fn takes(&mut self, what: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Literal> {
        if depth > DEEPEST {
            return Err(Error::new(format!("an NPY header nested more than {DEEPEST} deep")));
        }
        if self.takes("{") {
            return self.dict(depth);
        }
        if self.takes("[") {
            return Ok(Literal::List(self.items("]", depth)?.0));
        }
        if self.takes("(") {
            let (mut items, commas) = self.items(")", depth)?;
            return Ok(if items.len() == 1 && commas == 0 { items.remove(0) } else { Literal::Tuple(items) });
        }
        for quote in ['\'', '"'] {
            if self.takes(quote.encode_utf8(&mut [0; 4])) {
                return self.quoted(quote);
            }
        }
        for (word, value) in [("True", Literal::Bool(true)), ("False", Literal::Bool(false)), ("None", Literal::None)] {
            if self.takes(word) {
                return Ok(value);
            }
        }
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let number = &self.rest()[..digits];
        if digits > 1 && number.starts_with('0') {
            return Err(self.fail());
        }
        let value = number.parse().map_err(|_| self.fail())?;
        self.at += digits;
        self.takes("L"); // as Python 2 wrote
        Ok(Literal::Int(value))
    }

    fn items(&mut self, end: &str, depth: usize) -> Result<(Vec<Literal>, usize)> {
        let (mut items, mut commas) = (Vec::new(), 0);
        while !self.takes(end) {
            if items.len() > commas {
                return Err(self.fail());
            }
            items.push(self.value(depth + 1)?);
            commas += usize::from(self.takes(","));
        }
        Ok((items, commas))
    }

    fn dict(&mut self, depth: usize) -> Result<Literal> {
        let mut out: Vec<(String, Literal)> = Vec::new();
        let mut more = true;
        while !self.takes("}") {
            let key = self.value(depth + 1)?;
            let Literal::Text(key) = key else { return Err(self.fail()) };
            if !more || out.iter().any(|(known, _)| *known == key) || !self.takes(":") {
                return Err(self.fail());
            }
            out.push((key, self.value(depth + 1)?));
            more = self.takes(",");
        }
        Ok(Literal::Dict(out))
    }

    fn quoted(&mut self, quote: char) -> Result<Literal> {
        let mut out = String::new();
        loop {
            match self.next()? {
                c if c == quote => return Ok(Literal::Text(out)),
                '\n' | '\r' => return Err(self.fail()),
                '\\' => out.push(self.escape()?),
                c => out.push(c),
            }
        }
    }

    fn next(&mut self) -> Result<char> {
        let c = self.rest().chars().next().ok_or_else(|| self.fail())?;
        self.at += c.len_utf8();
        Ok(c)
    }

    fn escape(&mut self) -> Result<char> {
        let width = match self.next()? {
            c @ ('\\' | '\'' | '"') => return Ok(c),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'a' => return Ok('\x07'),
            'b' => return Ok('\x08'),
            'f' => return Ok('\x0c'),
            'v' => return Ok('\x0b'),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => return Err(self.fail()),
        };
        let digits = self.rest().get(..width).filter(|text| text.bytes().all(|c| c.is_ascii_hexdigit())).ok_or_else(|| self.fail())?;
        let code = u32::from_str_radix(digits, 16).map_err(|_| self.fail())?;
        self.at += width;
        char::from_u32(code).ok_or_else(|| self.fail())
    }
}

/// A text as Python's repr has it.
pub(crate) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote || c == '\\' => out.extend(['\\', c]),
            ' ' => out.push(' '),
            c if !c.is_control() && !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}') => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push(quote);
    out
}
