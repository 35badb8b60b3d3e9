// Owns telling from a short text, or an element's name, that it says when something was written. Knows no page.

import { attr, tagOf } from "./dom";

/** Longest text that is only a time. */
const WHEN_CHARS = 40;

const NUMBER = "[0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]{1,4}";
const UNIT =
  "s|sec|secs|seconds?|m|min|mins|minutes?|h|hr|hrs|hours?|d|days?|w|wk|wks|weeks?|mo|months?|y|yr|yrs|years?|" +
  "sek|Sek\\.?|Min\\.?|Std\\.?|Stunden?|Tag|Tage|Tagen|Wo\\.?|Wochen?|Monat|Monate|Monaten|Jahr|Jahre|Jahren|" +
  "heures?|j|jours?|sem\\.?|semaines?|mois|an|ans|horas?|días?|dias?|semanas?|mes|meses|mês|años?|anos?|" +
  "ore|ora|giorno|giorni|sett\\.?|settimane?|mesi|mese|anni|uur|dagen|dag|weken|maanden|jaar|godz\\.?|dni|dzień|tyg\\.?|mies\\.?|hod\\.?|dny|" +
  "сек\\.?|мин\\.?|минут[уы]?|ч\\.?|час|часа|часов|дн\\.?|дня|дней|день|нед\\.?|мес\\.?|год|лет|год\\.|хв\\.?|дні|днів|" +
  "sa|saat|dk|gün|hafta|ay|yıl|menit|jam|hari|minggu|bulan|phút|giờ|ngày|tuần|tháng|minuto|oras|araw|dakika|" +
  "นาที|ชม\\.|ชั่วโมง|วัน|สัปดาห์|เดือน|ปี|分钟|分鐘|小时|小時|天|周|週|个月|個月|月|年|分|時間|日|秒|초|분|시간|일|주|개월|년|" +
  "دقيقة|دقائق|س|ساعة|ساعات|يوم|أيام|أسبوع|شهر|دقیقه|ساعت|روز|هفته|ماه|मिनट|घंटे|दिन";
/** "3 h", "2 days ago", "vor 5 Std.", "hace 3 horas", "3小时前". */
const ago = (): RegExp => new RegExp(
  `^(?:vor|il y a|hace|há|fa|przed|před|منذ|قبل|около|about|over|almost)?\\s*(?:${NUMBER}|an?|eine[rmn]?|une?|um[a]?)\\s*(?:${UNIT})(?:\\s*(?:ago|fa|atrás|geleden|temu|назад|тому|önce|lalu|yang lalu|trước|ที่แล้ว|前|전|पहले|پیش))?(?:\\s*[·•(].{0,20})?$`,
  "iu",
);
const DAY = /^(?:just now|now|today|yesterday|gerade eben|heute|gestern|hier|aujourd'hui|à l'instant|hoy|ayer|ahora|hoje|ontem|oggi|ieri|vandaag|gisteren|dziś|dzisiaj|wczoraj|dnes|včera|сегодня|вчера|сьогодні|вчора|bugün|dün|hari ini|kemarin|hôm nay|hôm qua|วันนี้|เมื่อวาน|今天|昨天|今日|昨日|오늘|어제|اليوم|أمس|امروز|دیروز|आज|कल)(?:\b|$|[\s,]).{0,24}$/iu;
const MONTH =
  "(?:jan(?:uary|uar|uari|vier|eiro)?|feb(?:ruary|ruar|ruari|rero|braio)?|fev(?:ereiro)?|févr(?:ier)?|mar(?:ch|s|zo|ço|t)?|märz?|mrt|maart|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mayo|maio|maggio|mei|maj|" +
  "june?|juni?|juin|junio|junho|giugno|july?|juli?|juil(?:let)?|julio|julho|luglio|aug(?:ust|ustus)?|août|ago(?:sto)?|sept?(?:ember|embre|iembre)?|set(?:embro|tembre)|oct(?:ober|obre|ubre)?|okt(?:ober)?|outubro|ott(?:obre)?|" +
  "nov(?:ember|embre|iembre|embro)?|dec(?:ember)?|dez(?:ember|embro)?|déc(?:embre)?|dic(?:iembre|embre)?|ene(?:ro)?|gen(?:naio)?|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia|" +
  "янв(?:аря)?|февр?(?:аля)?|мар(?:та)?|апр(?:еля)?|мая|июня?|июля?|авг(?:уста)?|сент?(?:ября)?|окт(?:ября)?|нояб?(?:ря)?|дек(?:абря)?|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|" +
  "januari|februari|maret|agustus|desember|tháng \\d{1,2}|thg \\d{1,2}|ม\\.ค\\.|ก\\.พ\\.|มี\\.ค\\.|เม\\.ย\\.|พ\\.ค\\.|มิ\\.ย\\.|ก\\.ค\\.|ส\\.ค\\.|ก\\.ย\\.|ต\\.ค\\.|พ\\.ย\\.|ธ\\.ค\\.)";
const CLOCK = "(?:,?\\s*(?:at|um|à|a las|às|alle|om|o|в|о|pukul|lúc)?\\s*\\d{1,2}[:.]\\d{2}(?:\\s*[ap]\\.?m\\.?)?)?";
/** "12 March", "March 12 at 10:20", "12.03.2024", "2024-03-12 10:20", "3月12日". */
const date = (): RegExp => new RegExp(
  `^(?:\\p{L}{2,9}\\.?,?\\s+)?(?:\\d{1,2}\\.?\\s+(?:de\\s+|di\\s+)?${MONTH}\\.?(?:\\s+(?:de\\s+)?\\d{4})?|${MONTH}\\.?\\s+\\d{1,2}(?:st|nd|rd|th)?(?:,?\\s+\\d{4})?|` +
  `\\d{1,2}[./-]\\d{1,2}[./-]\\d{2,4}|\\d{4}[./-]\\d{1,2}[./-]\\d{1,2}|(?:\\d{4}年)?\\d{1,2}月\\d{1,2}日)${CLOCK}$`,
  "iu",
);

/** Made when first asked: most pages never ask. */
let patterns: RegExp[] | null = null;

/** Whether a whole text only says when. */
export function isWhen(text: string): boolean {
  const plain = text.trim();
  if (plain.length === 0 || plain.length > WHEN_CHARS) return false;
  patterns ??= [ago(), DAY, date()];
  return patterns.some((p) => p.test(plain));
}

/** Whether an element is made to say when. */
export const saysWhen = (el: Element): boolean => tagOf(el) === "time" || tagOf(el) === "relative-time" || (tagOf(el) === "abbr" && attr(el, "data-utime") !== null);
