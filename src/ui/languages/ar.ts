import type { Texts } from '../texts.ts';
import { troubleBy, wordsOf } from './words.ts';

const { number, plural, listed, clockTime } = wordsOf('ar');

/** A name in Latin letters turns no sentence round. */
const isolated = (name: string) => `\u2068${name}\u2069`;

export const texts: Texts = {
  language: 'ar',
  chat: 'محادثة',
  heading: 'تحدّث معنا',
  close: 'إغلاق',
  more: 'المزيد',
  end: 'إنهاء المحادثة',
  saveText: 'حفظ كنص',
  saveJson: 'حفظ بصيغة JSON',
  startAgain: 'البدء من جديد',
  signIn: 'تسجيل الدخول',
  unread: (count) =>
    plural(count, {
      zero: 'لا رسائل غير مقروءة',
      one: 'رسالة واحدة غير مقروءة',
      two: 'رسالتان غير مقروءتين',
      few: '# رسائل غير مقروءة',
      other: '# رسالة غير مقروءة',
    }),
  panelMissing: 'تعذّر تحميل المحادثة. تحقّق من اتصالك ثم اضغط الزر مرة أخرى.',
  conversation: 'سجل المحادثة',
  message: 'الرسالة',
  placeholder: 'اكتب رسالة…',
  send: 'إرسال',
  welcome: {
    title: 'كيف يمكننا مساعدتك؟',
    text: 'اكتب إلينا هنا. يمكنك مواصلة التصفح: المحادثة ترافقك.',
  },
  you: 'أنت',
  today: 'اليوم',
  yesterday: 'أمس',
  earlier: 'رسائل سابقة',
  loadingEarlier: 'جارٍ التحميل…',
  newMessages: 'جديد',
  newConversation: 'محادثة جديدة',
  jump: 'الانتقال إلى الأحدث',
  jumpCount: (count) => `${number(count)} جديد`,
  missing: (count) =>
    plural(count, {
      one: 'رسالة واحدة مفقودة هنا',
      two: 'رسالتان مفقودتان هنا',
      few: '# رسائل مفقودة هنا',
      other: '# رسالة مفقودة هنا',
    }),
  said: (name, text) => `قال ${isolated(name)}: ${text}`,
  saidMany: (count) =>
    plural(count, {
      one: 'رسالة جديدة واحدة',
      two: 'رسالتان جديدتان',
      few: '# رسائل جديدة',
      other: '# رسالة جديدة',
    }),
  typing: (name) => `${isolated(name)} يكتب…`,
  outcome: {
    pending: 'في انتظار الإرسال',
    sent: 'أُرسلت',
    delivered: 'وصلت',
    read: 'قُرئت',
    failed: 'لم تُرسل',
  },
  notSent: (count) =>
    plural(count, {
      one: 'لم تُرسل رسالة واحدة.',
      two: 'لم تُرسل رسالتان.',
      few: 'لم تُرسل # رسائل.',
      other: 'لم تُرسل # رسالة.',
    }),
  retry: 'إعادة المحاولة',
  discard: 'تجاهل',
  phase: {
    offline: 'أنت غير متصل. ما تكتبه محفوظ وسيُرسل لاحقًا.',
    connecting: 'جارٍ الاتصال…',
    authenticating: 'جارٍ الاتصال: تسجيل الدخول…',
    ready: 'متصل',
    routing: 'متصل. جارٍ فتح محادثتك…',
    waiting: 'يتعذّر الوصول حاليًا. ما تكتبه محفوظ وسيُرسل لاحقًا.',
    polling: 'الاتصال بطيء. الرسائل ما زالت تصل وتُرسل.',
    'signed-out': 'تم تسجيل خروجك. سجّل الدخول مرة أخرى للمتابعة.',
    failed: 'غير متصل.',
  },
  starting: 'جارٍ البدء…',
  retryIn: (seconds) =>
    seconds > 0 ? `محاولة جديدة بعد ${number(seconds)} ث` : 'جارٍ إعادة المحاولة…',
  retryNow: 'المحاولة الآن',
  reload: 'إعادة تحميل الصفحة',
  newerVersion: 'يتوفر إصدار أحدث من هذه الصفحة.',
  update: 'تحديث',
  notKept: 'لا يُحفظ السجل في هذا المتصفح.',
  queued: 'سيكون معك أحد موظفينا قريبًا…',
  queuedAt: (position) => `سيكون معك أحد موظفينا قريبًا. رقمك في الانتظار ${number(position)}.`,
  joined: 'معك الآن أحد موظفينا.',
  ended: 'انتهت هذه المحادثة. رسالة جديدة تبدأ محادثة جديدة.',
  routing: {
    refused: () => 'تعذّر تحويل طلبك.',
    goOn: (skillGroups) => `المتابعة مع ${listed(skillGroups)}`,
    uncovered: (skillGroups) => `لا أحد من ${listed(skillGroups)} موجود حاليًا.`,
    wait: 'الانتظار رغم ذلك',
    leave: 'ليس الآن',
    unchecked: 'يتعذّر حاليًا العثور على الفريق المناسب. المحاولة مستمرة تلقائيًا.',
    stalled: (since) => `أنت تنتظر منذ ${clockTime(since)}. نرجو قليلًا من الصبر.`,
  },
  tooLong: (length, maximum) =>
    `هذه الرسالة أطول من المسموح (${number(length - maximum)} زيادة). اختصرها أو أرسلها على أجزاء.`,
  length: (length, maximum) => `${number(length)} / ${number(maximum)}`,
  noRouting: 'لم تحدّد هذه الصفحة من يجيب، فلم تُرسل الرسالة.',
  notReady: 'المحادثة ما زالت تبدأ. حاول بعد لحظة.',
  trouble: troubleBy(
    {
      timeout: 'لم يصل رد. حاول مرة أخرى.',
      'unknown-outcome': 'ليس مؤكدًا أنها وصلت.',
      unreachable: 'تعذّر بدء المحادثة. أعد تحميل الصفحة.',
      outdated: 'توجد نسخة أحدث من هذه الصفحة. أعد تحميلها؛ مسودتك محفوظة.',
      'signed-out': 'انتهت جلستك. سجّل الدخول مرة أخرى.',
      'conversation-ended': 'انتهت هذه المحادثة.',
      'conversation-not-found': 'لم تعد هذه المحادثة موجودة.',
      rejected: 'لم تُقبل هذه الرسالة.',
      'rate-limited': 'رسائل كثيرة دفعة واحدة. انتظر لحظة.',
      unauthorized: 'لم يُقبل تسجيل الدخول.',
      forbidden: 'هذا غير مسموح هنا.',
      unavailable: 'الخدمة غير متاحة حاليًا.',
      network: 'الشبكة غير متاحة حاليًا.',
      store: 'تعذّر على المتصفح حفظ ذلك.',
    },
    'لم ينجح ذلك. حاول مرة أخرى.',
  ),
};
