// The states that the pages are looked at in. Every listing is synthetic.
import fs from 'node:fs';

const reason = (kind, quote, label, against = false) => ({ kind, concept: `test:${label.replaceAll(' ', '-')}`, label, quote, against });

const phrase = (role, key, ...args) => ({ role, key, args: args.map(([is, value]) => ({ is, value })) });
const RULE = {
  yes: phrase('rule', 'rule_against', ['name', 'Example Market'], ['day', '2024-05-06']),
  check: phrase('rule', 'rule_none'),
  no: phrase('rule', 'rule_fine'),
};
const KEYS = { name: 'why_name_alone', commodity: 'why_part_bare', trade: 'why_trade', claim: 'claim_old', method: 'why_method_chat', lookalike: 'against_material' };
const ROLES = { claim: 'claim', lookalike: 'against' };
/** How it is listed, as the detector would say it; nothing where no taxon is known. */
const listing = ({ scientific_names: names, appendices }) => names.length === 0 ? []
  : [phrase('listed', appendices.length > 1 ? 'listed_origin' : 'listed_one', ...appendices.map((a) => ['name', a]), ['latin', names])];
/** Whole sentences for the reasons of a finding, its listing and its rule. */
const told = (of) => ({
  ...of,
  sentences: [
    ...of.reasons.map((r) => phrase(ROLES[r.kind] ?? 'for', KEYS[r.kind], ['quote', r.quote])),
    ...listing(of.what),
    RULE[of.reportable],
  ],
});

const ivory = {
  level: 'likely', reportable: 'yes', price: '€ 240',
  what: { groups: ['elephant'], commodities: ['IVC'], scientific_names: ['Loxodonta africana', 'Elephas maximus'], appendices: ['I', 'II'] },
  reasons: [
    reason('commodity', 'ivory', 'elephant ivory'), reason('trade', 'hand carved', 'carved by hand'),
    reason('claim', 'pre-1947', 'claimed to be older than 1947', true),
  ],
};
const parrot = {
  level: 'likely', reportable: 'check', price: '1.850,00 €',
  what: { groups: ['parrots'], commodities: ['LIV'], scientific_names: ['Psittacus erithacus'], appendices: ['I'] },
  reasons: [reason('name', 'African grey', 'grey parrot'), reason('trade', 'breeding pair', 'breeding pair'), reason('method', 'write me in the chat', 'moved to chat')],
};
const leather = {
  level: 'possible', reportable: 'check', price: 'US $89.90',
  what: { groups: ['snakes'], commodities: ['LPS'], scientific_names: ['Malayopython reticulatus'], appendices: ['II'] },
  reasons: [reason('name', 'python', 'python'), reason('lookalike', 'embossed', 'embossed leather', true)],
};
const orchid = {
  level: 'likely', reportable: 'no', price: '£12',
  what: { groups: ['plants'], commodities: ['LIV'], scientific_names: ['Phalaenopsis amabilis'], appendices: ['II'] },
  reasons: [reason('name', 'moth orchid', 'moth orchid')],
};

const finding = (key, title, of, more = {}) => ({ key, title, url: `https://market.example/${key}`, reported: false, ...told({ ...of, ...more }) });

export const findings = {
  url: '', read: 60, waiting: 0, gave_up: false, marks_gave_up: false,
  findings: [
    finding('a1', 'Antique hand carved ivory figurine, pre-1947', ivory),
    finding('a2', 'African grey breeding pair with cage', parrot),
    finding('a3', 'Vintage python wallet, embossed', leather),
    finding('a4', 'Carved brooch', { ...leather, what: { groups: [], commodities: ['TEE'], scientific_names: [], appendices: [] }, reasons: [], price: '' }),
    finding('a5', 'White moth orchid in pot', orchid),
  ],
};

export const hostile = {
  ...findings, read: 3,
  findings: [
    finding('h1', '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>', { ...ivory, price: '<b>1</b>' }),
    finding('h2', '\u202Eeulb esrever\u202C شحن مجاني عاج', { ...ivory, reasons: [reason('name', '\u202Eعاج', 'ivory')] }),
    finding('h3', 'W'.repeat(2000), { ...ivory, price: '9'.repeat(500) }),
  ],
};

export const enrolled = {
  organisation: 'Example Wildlife Network', origin: 'https://reports.example.org', pseudonym: 'quiet-heron-27',
  policy: { undo_ms: 10000, confirm_first: 3 }, reports_made: 12,
};

const item = (n, more) => ({
  report_id: `0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a${String(n).padStart(2, '0')}`, title: `Carved figurine number ${n}`, url: 'https://market.example/x',
  created_at: '2026-11-23T20:13:54Z', state: 'sent', next_try_ms: null, tries: 1, trouble: null, number: `WS-2026-00${n}`, status: 'received', reason: '', evidence: [], ...more,
});

export const outbox = [
  item(1, { state: 'waiting', number: null, status: null, next_try_ms: Date.UTC(2026, 10, 23, 23, 30), tries: 2, trouble: ['bg_try_offline', ['https://reports.example.org']] }),
  item(2, { status: 'confirmed', reason: 'Clear photographs of the grain.' }),
  item(3, { status: 'cannot_tell' }),
  item(4, { state: 'refused', number: null, status: null, trouble: ['bg_refused_body', []] }),
];

/** The same with two listings that the endpoint asks about, and one that was answered. */
export const askedAgain = [
  ...outbox,
  item(5, { status: 'notified', asked: true }),
  item(6, { status: 'notified', title: 'Carved figure, cream coloured, from an old collection, with a rather long title that wraps', asked: true }),
  item(7, { status: 'removed', saw: 'ended' }),
];

export const state = { enrolled, agreed: true, quiet: true, masked: false, sites: ['https://www.market.example/*', 'http://localhost/*'], outbox: [], pack: '2026.11.1' };

/** A programme with one round that runs today. */
export const rounds = {
  now: [{
    id: 'ivory', name: 'Ivory and look-alikes, autumn', from: '2026-11-02', until: '2026-11-29', cohorts: [], groups: ['elephant', 'marine-mammals'],
    languages: ['en', 'de', 'zh-Hans'], marketplaces: [
      { host: 'market.example', search: 'https://www.market.example/s?q={terms}' }, { host: 'localhost', search: 'https://localhost/find?q={terms}' },
    ],
    minimum_per_week: 3, training_required: true,
    terms: [{ text: 'ox bone netsuke', lang: 'en', group: 'elephant' }, { text: 'altes Beinschnitzwerk', lang: 'de' }, { text: '牙雕', lang: 'zh-Hans' }],
  }],
  next: null, lead: 'mailto:lead@programme.example', debrief: 'https://programme.example/talk', reports_this_week: 1, trouble: null,
};

/** The same with checks, and a listing that is offered for one. */
export const checked = { ...rounds, now: [{ ...rounds.now[0], audit_one_in: 20 }] };
export const offer = { listing: 'c'.repeat(32), key: 'u1', title: 'Carved figure, cream coloured, from an old collection, with a rather long title that wraps', price: '€ 1,240.00' };

/** A survey that runs, with two searches, and how the first stands. */
const searchOf = (id, term, progress) => ({
  task: { id, host: 'market.example', term, lang: 'en', group: 'elephant', address: 'https://market.example/s?q=x', pages: [] },
  progress: { seen: 0, offered: 0, coded: 0, done: false, ...progress },
});
export const survey = {
  id: 'ivory', title: 'Ivory on two marketplaces', question: 'How many advertisements offer ivory, and at what prices?', from: '2026-11-01', until: '2026-12-12',
  running: true, inclusion: ['It offers a thing for money.', 'It says or shows that the thing is ivory.'], exclusion: ['It offers a thing that only has the colour.'],
  depth: 200, reports: true, waiting: 3, trouble: ['bg_try_offline', ['https://reports.example.org']],
  tasks: [searchOf('t1', 'ivory netsuke', { seen: 48, offered: 3, coded: 1 }), searchOf('t2', 'ox bone carving', { seen: 60, offered: 20, coded: 20, done: true })],
};

const advertisement = (n, more) => ({
  listing: String(n).repeat(32), position: n, key: `a${n}`, tab_id: 0, title: `Hand carved ivory figurine, made-up no. ${n}`, price: '€ 240', url: `https://market.example/${n}`,
  seller: 'sample_seller', location: 'Sampletown', level: 'likely', what: ivory.what, asking: ['240', 'EUR'], legality: '', age: '', draft: null, coded: null,
  next: `0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a0${n}`, codings: [], ...more,
});
export const surveyTask = {
  survey: 'ivory', task: 't1', progress: { seen: 48, offered: 3, coded: 1, done: false },
  items: [
    advertisement(1, { codings: ['x'], coded: { id: 'x', included: 'yes', kinds: [], price: 'cannot_tell', amount: '', currency: '', live: 'no', legality: 'no', age: 'yes',
      seller_type: 'private', location: '', note: '', confirmed: true } }),
    advertisement(2, { title: 'Antique hand carved ivory figurine with permit', legality: 'with permit', age: 'Antique' }),
    advertisement(3, { title: 'Oak kitchen chair', level: 'none', what: { groups: [], commodities: [], scientific_names: [], appendices: [] }, asking: null, price: '' }),
  ],
};

// Any picture does: what counts is that it is shown blurred.
export const picture = `data:image/png;base64,${fs.readFileSync(new URL('../../icons/128.png', import.meta.url), 'base64')}`;

export const draft = {
  tab_id: 0, key: 'a1', what: ivory.what, reasons: ivory.reasons, screenshot: null, confirm: true, undo_ms: 10000,
  report: {
    schema: 'wildlife-report/1', report_id: '0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a99', created_at: '2026-11-23T22:13:54Z', matched_at: '2026-11-23T22:13:50Z',
    utc_offset_minutes: 60,
    client: { extension: '0.1.0', browser: 'chromium', pack: '2026.11.1', locale: 'en' },
    place: {
      marketplace: 'market.example', listing_id: '4711', url_canonical: 'https://market.example/item/4711',
      url_at_match: 'https://market.example/search?q=figurine', url_observed: 'https://market.example/search?q=figurine',
    },
    listing: {
      id: 'a1', kind: 'listing', title: 'Antique hand carved ivory figurine, pre-1947', description: 'Synthetic description of a small carved figure.\nHeight 8 cm. Pick up preferred. '.repeat(6),
      price: '€ 240', category: 'Antiques', seller: 'sample_seller', location: 'Sampletown', url: 'https://market.example/item/4711', lang: 'en', images: '',
    },
    card_only: true, missed_by_detector: false,
    assessment: {
      id: 'a1', level: 'likely', score: 0.93, wildlife_score: 0.96, taxa: [], groups: ['elephant'], commodities: ['IVC'], cues: [], claims: [], methods: [],
      disguised: false, reportable: 'yes', grounds: [],
    },
    note: '', no_contact_made: true,
    evidence: [{ kind: 'listing_text', state: 'included', bytes: 0 }, { kind: 'screenshot', state: 'not_permitted', bytes: 0 }],
  },
};

/** What the background says is stored; the text is what would be saved as a file. */
export const stored = {
  reports: 4, drafts: 1, key: true, agreed_at: '2026-11-23T20:00:00Z', bytes: 183_412,
  text: JSON.stringify({ enrolment: enrolled, outbox: outbox.slice(0, 1), settings: { quiet: true, masked: false } }, null, 2),
};

/** A scene: the background's state, the page's findings, and what happens to a report. */
/** What a synthetic law asks: one rule that speaks of the offer and is claimed to be met, two that may. */
const law = {
  country: 'GB', held: true, countries: ['CN', 'DE', 'EU', 'GB'],
  rules: [
    { wording: 'A synthetic rule: dealing in items of elephant ivory asks for a registration.', citation: 'Synthetic Ivory Act, sections 1 and 12, text of 2025-02-07', address: 'https://law.example/ivory', region: '', may: null, check: false,
      claimed: [['Made before 1947, with less than a tenth ivory.', 'The registration number of the item.']], exempt: [['A museum buys it.', 'The museum’s accreditation.'], ['Portrait miniatures from before 1918.', 'A dated provenance.']] },
    { wording: 'According to Synthetic Guide: an advertisement shows the number of its certificate.', citation: 'Synthetic Guide, page 4', address: 'https://law.example/guide', region: 'Scotland', may: 'It depends on the annex that the species is in.', check: true, claimed: [], exempt: [] },
    { wording: 'A third synthetic rule.', citation: 'Synthetic Order, article 3, text of 2024-01-01', address: 'https://law.example/order', region: '', may: '', check: false, claimed: [], exempt: [] },
  ],
};

export function scene(more = {}) {
  const base = { law, state, stored, findings, draft, willEnrol: enrolled, afterUndo: { state: 'sent', number: 'WS-2026-0099', status: 'received' } };
  return structuredClone({ ...base, ...more, state: { ...base.state, ...more.state } });
}

/** A draft with a screenshot, two pictures, two that were not permitted and one that is too large. */
export const illustrated = {
  ...draft, screenshot: picture,
  // Browsers tell a picture's kind by its bytes.
  thumbnails: ['a', 'b'].map((digit, i) => ({ sha256: digit.repeat(64), data: i === 0 ? picture.replace('image/png', 'image/jpeg') : '', size: [1600, 1200] })),
  picture_origins: ['https://*.img.example/*'],
  report: {
    ...draft.report,
    evidence: [
      { kind: 'listing_text', state: 'included', bytes: 0 },
      ...['a', 'b'].map((digit) => ({ kind: 'picture', state: 'included', sha256: digit.repeat(64), media_type: 'image/jpeg', bytes: 90_000 })),
      ...['not_granted', 'not_granted', 'too_large'].map((state) => ({ kind: 'picture', state, bytes: 0 })),
    ],
  },
};
