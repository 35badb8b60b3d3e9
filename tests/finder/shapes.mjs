// More synthetic pages for the general finder, in the manner of `principles.mjs`: the same principles under other
// circumstances, as auctions, catalogues, forums, old pages and other scripts have them. All of it is invented.
import { euro, GOODS, IMG, item, list } from './principles.mjs';

const slug = (t) => t.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/-$/, '');
const THAI = ['โต๊ะไม้โอ๊คมีลิ้นชัก', 'จักรยานสีฟ้า28นิ้ว', 'แก้วไวน์6ใบ', 'โคมไฟตั้งโต๊ะ', 'แผ่นเสียงแจ๊สหนึ่งกล่อง', 'ม้านั่งในสวน'];
const CHINESE = ['橡木边桌带抽屉', '蓝色自行车28寸九成新', '红酒杯六只装', '黄铜台灯老物件', '爵士黑胶唱片一箱', '花园长椅可坐三人'];
const ARABIC = ['طاولة جانبية من خشب البلوط', 'دراجة زرقاء للمدينة', 'ستة كؤوس زجاجية', 'مصباح قراءة نحاسي', 'صندوق أسطوانات جاز', 'مقعد حديقة لثلاثة أشخاص'];
const HEBREW = ['שולחן צד מעץ אלון', 'אופניים כחולים לעיר', 'שש כוסות יין', 'מנורת קריאה', 'קופסת תקליטים', 'ספסל גינה'];
const arabicDigits = (n) => String(n).replace(/\d/g, (d) => '٠١٢٣٤٥٦٧٨٩'[d]);

export const SHAPES = [
  // A table with pictures, and a second row for the details of each.
  list('table-two-rows', (t, n) => ({
    price: euro(n),
    html: `<tr><td rowspan="2"><a href="/item/${4410070 + n}">${IMG}</a></td><td><a href="/item/${4410070 + n}">${t}</a></td><td>${euro(n)}</td></tr><tr><td colspan="2">In good order, Testville, 12.03.</td></tr>`,
  }), { open: '<table><tbody>', close: '</tbody></table>' }),
  // A grid told by roles alone.
  list('role-rows', (t, n) => ({
    price: `${90 + n} kr`,
    html: `<div role="row"><div role="gridcell"><a href="/item/${4410070 + n}">${IMG}</a></div><div role="gridcell"><a href="/item/${4410070 + n}">${t}</a></div><div role="gridcell">${90 + n} kr</div><div role="gridcell">Testköping</div></div>`,
  }), { open: '<div role="grid">', close: '</div>' }),
  // A definition list for each offer.
  list('definition-lists', (t, n) => ({
    price: `${70 + n} EUR`,
    html: `<dl><dt><a href="/item/${4410070 + n}">${t}</a></dt><dd>Price</dd><dd>${70 + n} EUR</dd><dd>Place</dd><dd>Testville</dd></dl>`,
  }), { open: '<div>', close: '</div>' }),
  // Auctions: bids, the time left, and a price to buy at once.
  list('auction-list', (t, n) => ({
    price: `$${10 + n}.50`,
    html: `<li><div><a href="/itm/${slug(t)}/${110022330 + n}">${IMG}</a></div><div><h3><a href="/itm/${slug(t)}/${110022330 + n}">${t}</a></h3><ul><li><span>$${10 + n}.50</span></li><li>${n} bids</li><li>or Buy It Now $${30 + n}.00</li><li>+$4.99 shipping</li><li><span>Time left:</span> <span>1d 0${n}h</span></li></ul></div></li>`,
    href: `/itm/${slug(t)}/${110022330 + n}`,
  })),
  // A catalogue: number, title, estimate, start; no picture, no heading.
  list('lot-catalogue', (t, n) => ({
    price: `€ ${50 + n * 10}`,
    html: `<div class="lot-row"><div class="lot-number">${n + 101}</div><div class="lot-title"><a href="/auction/12/lot-${n + 101}">${t}</a></div><div class="lot-estimate">Estimate: € ${80 + n * 10} - € ${120 + n * 10}</div><div class="lot-current">Starting price: <b>€ ${50 + n * 10}</b></div><a href="/auction/12/lot-${n + 101}#bid">Bid</a></div>`,
    href: `/auction/12/lot-${n + 101}`,
  }), { open: '<div>', close: '</div>' }),
  // A forum's market: the price stands in the title's line or a column; authors, answers, last words.
  list('forum-table', (t, n) => ({
    price: `${40 + n} €`, href: `/viewtopic.php?t=${33100 + n}`,
    html: `<tr><td><img src="icon.gif" alt=""></td><td><a href="/viewtopic.php?t=${33100 + n}">${t}</a><br><small>by <a href="/memberlist.php?u=${n}">someone${n}</a> » 12 Mar 2026</small></td><td>${40 + n} €</td><td>${n}</td><td>${n * 31 + 5}</td><td>by <a href="/memberlist.php?u=9${n}">other${n}</a><br>13 Mar 2026</td></tr>`,
  }), { open: '<table><tr><th>Topics</th><th></th><th>Price</th><th>Replies</th><th>Views</th><th>Last post</th></tr>', close: '</table>' }),
  // Skeletons stand between the cards and behind them.
  list('skeletons', (t, n) => ({
    price: euro(n),
    html: `<li class="card"><a href="/item/${4410070 + n}">${IMG}<span class="card-name">${t}</span><span class="card-price">${euro(n)}</span></a></li><li class="card skeleton"><div class="box"></div></li>`,
  })),
  // Days as separators inside the list.
  list('days-between', (t, n) => ({
    price: euro(n),
    html: `${n % 3 === 0 ? `<li class="day"><h2>${['Today', 'Yesterday', '12 March'][n / 3]}</h2></li>` : ''}<li><a href="/item/${4410070 + n}">${IMG}</a><div><a href="/item/${4410070 + n}">${t}</a></div><div>${euro(n)}</div><div>14:0${n}</div></li>`,
  })),
  // Paragraphs with nothing but a link, a price and a place.
  list('bare-paragraphs', (t, n) => ({
    price: `$${15 + n}`,
    html: `<p class="row"><span>Mar 1${n}</span> <a href="/fuo/${7936415000 + n}.html">${t}</a> <span>$${15 + n}</span> <span>(Testville)</span></p>`,
    href: `/fuo/${7936415000 + n}.html`,
  }), { open: '<div>', close: '</div>' }),
  // Shelves: some cards each, under headings of their own.
  list('shelves', (t, n) => ({
    price: `£${8 + n}.00`,
    html: `${n % 4 === 0 ? `${n ? '</div></section>' : ''}<section><div><h2>${['For you', 'New in'][n / 4]}</h2><a href="/shelf/${n}-all-offers-here">See all</a></div><div>` : ''}<div><a href="/item/${4410070 + n}">${IMG}<div>${t}</div></a><div>£${8 + n}.00</div></div>`,
  }), { open: '<main>', close: '</div></section></main>' }),
  // Stars, numbers sold, discount, coupon, all in small print around.
  list('small-print', (t, n) => ({
    price: `Rp${120 + n}.000`,
    html: `<div><a href="/sample-shop/${slug(t)}-11887${n}"><div>${IMG}<div>Mall</div></div><div><div>${t}</div><div><div>Rp${120 + n}.000</div><div>Rp${240 + n}.000</div><div>${40 + n}%</div></div><div>Cashback 5%</div><div><span>4.${n}</span><span>${n + 1}rb+ terjual</span></div><div>Kota Contoh</div></div></a></div>`,
    href: `/sample-shop/${slug(t)}-11887${n}`,
  }), { lang: 'id', open: '<div>', close: '</div>' }),
  // Place and date first, title after them, price last.
  list('place-first', (t, n) => ({
    price: `${1 + n}.500 Kč`,
    html: `<article><div><span>Vzorov</span> <span>12. 3.</span></div><a href="/inzerat/${188000 + n}/${slug(t)}"><h2>${t}</h2>${IMG}</a><p>V dobrém stavu, jen osobní odběr.</p><strong>${1 + n}.500 Kč</strong></article>`,
    href: `/inzerat/${188000 + n}/`.concat(slug(t)),
  }), { lang: 'cs', open: '<div>', close: '</div>' }),
  // A form around the list, with boxes for comparing.
  list('compare-form', (t, n) => ({
    price: `CHF ${20 + n}.–`,
    html: `<div class="entry"><label><input type="checkbox" name="c" value="${n}"> Compare</label><a href="/de/a/${n}445566/"><img src="p.jpg" alt="${t}"></a><div><a href="/de/a/${n}445566/">${t}</a><div>CHF ${20 + n}.–</div></div></div>`,
    href: `/de/a/${n}445566/`,
  }), { open: '<form>', close: '<button>Compare</button></form>' }),
  // Links without heading around one line of text that holds all: title, then price in its own element.
  list('line-links', (t, n) => ({
    price: `${30 + n} zł`,
    html: `<a href="/oferta/${slug(t)}-${990011 + n}"><i class="icon"></i><span>${t}</span><em>${30 + n} zł</em></a>`,
    href: `/oferta/${slug(t)}-${990011 + n}`,
  }), { lang: 'pl', open: '<div>', close: '</div>' }),
  list('thai', (t, n) => ({ price: `฿${1 + n},500`, html: `<div><a href="/product-${367284280 + n}"><div>${IMG}</div><div>${t}</div><div>฿${1 + n},500</div><div>กรุงเทพฯ</div><div>3 ชม.</div></a></div>`, href: `/product-${367284280 + n}` }), { lang: 'th', goods: THAI, open: '<div>', close: '</div>' }),
  list('chinese', (t, n) => ({ price: `¥${88 + n}`, html: `<a href="/item?id=${678901230000 + n}"><div>${IMG}</div><div><span>${t}</span></div><div><span>¥</span><span>${88 + n}</span><span>${n + 2}人想要</span></div><div><img src="a.jpg" alt=""><span>示例卖家${n}</span></div></a>`, href: `/item?id=${678901230000 + n}` }), { lang: 'zh', goods: CHINESE, open: '<div>', close: '</div>' }),
  list('arabic', (t, n) => ({ price: `${arabicDigits(150 + n)} ر.س`, html: `<li dir="rtl"><a href="/ad/${5511000 + n}"><h3>${t}</h3>${IMG}</a><div>${arabicDigits(150 + n)} ر.س</div><div>الرياض</div><div>قبل ${arabicDigits(3)} ساعات</div></li>`, href: `/ad/${5511000 + n}` }), { lang: 'ar', goods: ARABIC }),
  list('hebrew', (t, n) => ({ price: `${150 + n} ₪`, html: `<div dir="rtl"><a href="/item/${4410070 + n}">${IMG}<span>${t}</span></a><span>${150 + n} ₪</span><span>תל דוגמה</span></div>` }), { lang: 'he', goods: HEBREW, open: '<div>', close: '</div>' }),
  list('vietnamese', (t, n) => ({ price: `${120 + n}.000 đ`, html: `<li><a href="/${118907000 + n}.htm"><div>${IMG}</div><div><h3>${t}</h3><p>Đã sử dụng</p><p><span>${120 + n}.000 đ</span></p><p>Quận 7 · 2 giờ trước</p></div></a></li>`, href: `/${118907000 + n}.htm` }), { lang: 'vi', goods: ['Bàn gỗ sồi có ngăn kéo', 'Xe đạp màu xanh', 'Sáu ly rượu vang', 'Đèn đọc sách bằng đồng', 'Ghế dài trong vườn'] }),
  list('hindi', (t, n) => ({ price: `₹ 1,${20 + n},000`, html: `<li><a href="/item/${slug('x' + n)}-iid-${1789000100 + n}"><figure>${IMG}</figure><div><span>₹ 1,${20 + n},000</span><span>${t}</span><span>नमूना नगर</span><span>आज</span></div></a></li>`, href: `/item/x${n}-iid-${1789000100 + n}` }), { lang: 'hi', goods: ['लकड़ी की मेज दराज के साथ', 'नीली साइकिल', 'छह काँच के गिलास', 'पीतल का दीपक', 'बगीचे की बेंच'] }),
  // Item pages of auctions: bid, countdown, history of bids, and lots beside it.
  item('item-auction', `<main><div><div>Lot 17</div><h1>Set of six wine glasses, about 1920</h1><p>Estimate: € 80 - € 120</p></div><div>${IMG}</div><div><div>Current bid</div><div>€ 55</div><div>Closes in 2d 4h</div><button>Bid</button></div>
<table><tr><th>Bidder</th><th>Bid</th></tr><tr><td>bidder 4</td><td>€ 55</td></tr><tr><td>bidder 2</td><td>€ 50</td></tr></table></main>
<ul>${GOODS.slice(3, 8).map((t, n) => `<li><a href="/l/8765432${n}-${slug(t)}">${IMG}<p>${t}</p></a><p>€ ${20 + n}</p></li>`).join('')}</ul>`, 'Set of six wine glasses, about 1920', '€ 55', { path: '/l/87654321-six-wine-glasses', title: 'Set of six wine glasses, about 1920 - Catalogue', more: GOODS.slice(3, 8).map((t, n) => ({ title: t, price: `€ ${20 + n}`, href: `/l/8765432${n}-${slug(t)}`, in_main_list: false })) }),
  // An old page made of tables; the title is bold, and the page's title says so.
  item('item-old-table', `<table><tr><td><h2>Garden bench for three, teak</h2></td></tr><tr><td><img src="p.jpg" alt=""></td><td><table><tr><td>Price:</td><td><b>120 EUR</b></td></tr><tr><td>Place:</td><td>Testville</td></tr><tr><td>Seen:</td><td>204 times</td></tr></table></td></tr><tr><td colspan="2">Stood under a roof. Two boards are new.</td></tr></table>`, 'Garden bench for three, teak', '120 EUR', { path: '/anzeige.php?nr=445566', title: 'Garden bench for three, teak' }),
  item('item-thai', `<div><div><h1>โคมไฟตั้งโต๊ะทองเหลือง</h1></div><div>${IMG}</div><div><div>ราคา</div><div>฿1,500</div></div><p>สภาพดี ใช้งานได้ปกติ</p></div>`, 'โคมไฟตั้งโต๊ะทองเหลือง', '฿1,500', { lang: 'th', path: '/product-367284281' }),
  // Reviews with names, days and words below: none of them is a post.
  item('item-reviews', `<main><h1>Reading lamp with brass foot</h1><p>45,00 €</p><p>Works, with a new cable.</p></main><section><h2>What others say</h2><ul>${[0, 1, 2, 3].map((n) => `<li><a href="/people/sample${n}">sample${n}</a> <time>1${n} Mar 2026</time><p>Came quickly and was packed very well, exactly as it was described before.</p></li>`).join('')}</ul></section>`, 'Reading lamp with brass foot', '45,00 €', { title: 'Reading lamp with brass foot | Synthetic market' }),
  // Notes from a journal with names and days, beside a list of offers: no posts either.
  list('journal-beside', (t, n) => ({ price: euro(n), html: `<li><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3></a><p>${euro(n)}</p><time>1${n} Mar</time></li>` }), {
    close: `</ul><section>${[0, 1, 2].map((n) => `<article><a href="/people/sample${n}">Sample Writer ${n}</a><time>1${n} March 2026</time><p>Words about old furniture and what it can still do after all these years, and much more.</p></article>`).join('')}</section>`,
  }),
  // Offers that name their seller and their day, with buttons: offers all the same.
  list('seller-day-buttons', (t, n) => ({
    price: `$${30 + n}`,
    html: `<div><div><a href="/u/sample${n}/">sample${n}</a> <time>2 days ago</time></div><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3></a><p>In good order, to be fetched in Testville, no smokers.</p><p>$${30 + n}</p><div><button>Like</button><button>Chat</button></div></div>`,
  }), { open: '<div>', close: '</div>' }),
  // Articles with a day and a title that is no link; an empty link lies over each; once with a seller's link, once without.
  list('overlay-day', (t, n) => ({
    price: euro(n),
    html: `<article><a href="/item/${4410070 + n}" aria-label="${t}"></a>${IMG}<div><p>${t}</p><p>${euro(n)}</p><p>Testville</p><time>1${n} Mar</time></div></article>`,
  }), { open: '<div>', close: '</div>' }),
  list('overlay-seller-day', (t, n) => ({
    price: euro(n),
    html: `<article><a href="/item/${4410070 + n}" aria-label="${t}"></a>${IMG}<div><p>${t}</p><p>${euro(n)}</p><p><a href="/u/sample${n}">sample${n}</a> <span>${n + 1} h</span></p></div></article>`,
  }), { open: '<div role="feed">', close: '</div>' }),
  // The whole card is a link, the day in an element made for it, the seller named in it.
  list('link-with-day', (t, n) => ({
    price: `$${20 + n}`,
    html: `<article><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3><p>$${20 + n}</p><p>Hardly used, from a house without smokers and pets.</p><p>sample${n} · <time>1${n} Mar</time></p></a></article>`,
  }), { open: '<div>', close: '</div>' }),
  // Headings that lead to partner sites under a list of offers: no results.
  list('partners-beside', (t, n) => ({ price: euro(n), html: `<li><a href="/item/${4410070 + n}">${IMG}<h3>${t}</h3></a><p>${euro(n)}</p></li>` }), {
    close: `</ul><section>${['cars', 'flats', 'work', 'travel'].map((w) => `<div><h4><a href="https://www.${w}.example/">Find ${w} here</a></h4><p>Our partner for ${w}.</p></div>`).join('')}</section>`,
  }),
];
