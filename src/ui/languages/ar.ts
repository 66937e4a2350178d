import type { Messages } from '../messages.ts';
import { errorTexts, languageRules } from './language-rules.ts';

const { number, plural, list, clockTime } = languageRules('ar');

/** A name in Latin letters turns no sentence round. */
const isolated = (name: string) => `\u2068${name}\u2069`;

const newMessages = (count: number) =>
  plural(count, {
    one: 'رسالة جديدة واحدة',
    two: 'رسالتان جديدتان',
    few: '# رسائل جديدة',
    other: '# رسالة جديدة',
  });

const ended = 'انتهت هذه المحادثة. يُرجى إرسال رسالة لبدء محادثة جديدة.';
const signedOut = 'تم تسجيل خروجك. سجّل الدخول مرة أخرى للمتابعة.';
const unconfirmed = 'لم يصل تأكيد. يُرجى مراجعة المحادثة قبل إعادة المحاولة.';

export const texts: Messages = {
  language: 'ar',
  chat: 'الدردشة',
  heading: 'تحدّث معنا',
  close: 'إغلاق',
  more: 'خيارات أخرى',
  end: 'إنهاء المحادثة',
  endAsk: 'هل تريد إنهاء المحادثة؟',
  clear: 'حذف المحادثة',
  clearing: 'هل تريد إنهاء المحادثة وحذف كل رسائلها نهائيًا؟',
  cancel: 'إلغاء',
  delete: 'حذف',
  saveText: 'حفظ المحادثة',
  startAgain: 'محادثة جديدة',
  signIn: 'تسجيل الدخول',
  unread: (count) =>
    plural(count, {
      zero: 'لا رسائل غير مقروءة',
      one: 'رسالة واحدة غير مقروءة',
      two: 'رسالتان غير مقروءتين',
      few: '# رسائل غير مقروءة',
      other: '# رسالة غير مقروءة',
    }),
  panelMissing: 'تعذّر تحميل الدردشة. يُرجى التحقق من الاتصال وإعادة المحاولة.',
  conversation: 'سجل المحادثة',
  message: 'الرسالة',
  placeholder: 'اكتب رسالة…',
  send: 'إرسال',
  welcome: {
    title: 'كيف يمكننا مساعدتك؟',
    text: 'اكتب إلينا. يمكنك مواصلة التصفح، وسننبّهك عند وصول الرد.',
  },
  you: 'أنت',
  today: 'اليوم',
  yesterday: 'أمس',
  loadEarlier: 'رسائل سابقة',
  loading: 'جارٍ التحميل…',
  newMessages: 'رسائل جديدة',
  newConversation: 'محادثة جديدة',
  jump: 'الانتقال إلى أحدث الرسائل',
  jumpCount: newMessages,
  missing: (count) =>
    plural(count, {
      one: 'رسالة واحدة مفقودة هنا',
      two: 'رسالتان مفقودتان هنا',
      few: '# رسائل مفقودة هنا',
      other: '# رسالة مفقودة هنا',
    }),
  said: (name, text) => `${isolated(name)}: ${text}`,
  saidMany: newMessages,
  typing: (name) => `${isolated(name)}: جارٍ الكتابة…`,
  files: {
    attach: 'إرفاق ملف',
    drop: 'أفلت الملفات هنا لإرسالها',
    waiting: 'في انتظار الاتصال…',
    asking: 'جارٍ التحضير…',
    uploading: 'جارٍ رفع الملف…',
    checking: 'جارٍ فحص الملف…',
    sent: (name) => `تم إرسال ${isolated(name)}.`,
    atMost: (size) => `الحد الأقصى ${isolated(size)}.`,
  },
  choices: 'ردود مقترحة',
  notShown: (what) => `لا يمكن عرض هذا هنا: ${what}`,
  expiring: (time) => `ستُغلق هذه المحادثة عند ${time} ما لم تصل رسالة جديدة.`,
  outcome: {
    pending: 'جارٍ الإرسال…',
    sent: 'تم الإرسال',
    delivered: 'تم التسليم',
    read: 'تمت القراءة',
    failed: 'لم يتم الإرسال',
  },
  notSent: (count) =>
    plural(count, {
      one: 'لم تُرسل رسالة واحدة.',
      two: 'لم تُرسل رسالتان.',
      few: 'لم تُرسل # رسائل.',
      other: 'لم تُرسل # رسالة.',
    }),
  retry: 'إعادة المحاولة',
  phase: {
    offline: 'لا يوجد اتصال بالإنترنت. سنرسل رسائلك عند عودة الاتصال.',
    connecting: 'جارٍ الاتصال…',
    ready: 'متصل',
    routing: 'جارٍ بدء المحادثة…',
    waiting: 'يتعذّر الاتصال حاليًا. سنرسل رسائلك في أقرب وقت ممكن.',
    polling: 'الاتصال بطيء. قد تتأخر الرسائل قليلًا.',
    'signed-out': signedOut,
    failed: 'لا يوجد اتصال',
  },
  retryIn: (seconds) =>
    seconds > 0 ? `محاولة جديدة بعد ${number(seconds)} ث` : 'جارٍ إعادة المحاولة…',
  retryNow: 'إعادة المحاولة الآن',
  reload: 'إعادة تحميل الصفحة',
  newerVersion: 'يتوفر إصدار أحدث من هذه الصفحة.',
  update: 'تحديث',
  notKept: 'لا يُحفظ السجل في هذا المتصفح.',
  queued: 'في انتظار أحد موظفينا…',
  queuedAt: (position) => `في انتظار أحد موظفينا. ترتيبك في الانتظار: ${number(position)}.`,
  joined: (name) => `${name === null ? 'أحد موظفينا' : isolated(name)} معك الآن في المحادثة.`,
  left: 'غادر فريقنا المحادثة. يُرجى إرسال رسالة إذا احتجت إلى مساعدة.',
  ended,
  routing: {
    refused: 'تعذّر تحويل طلبك.',
    goOn: (skillGroups) => `المتابعة مع ${list(skillGroups)}`,
    uncovered: (skillGroups) => `لا يوجد أحد متاح من ${list(skillGroups)} حاليًا.`,
    wait: 'الانتظار على أي حال',
    leave: 'ليس الآن',
    unchecked: 'يتعذّر الوصول إلى الفريق المناسب حاليًا. سنواصل المحاولة.',
    stalled: (since) => `بدأ الانتظار عند ${clockTime(since)}. شكرًا لصبرك.`,
  },
  tooLong: (length, maximum) =>
    `الرسالة أطول من الحد (${plural(length - maximum, {
      one: 'حرف واحد',
      two: 'حرفان',
      few: '# أحرف',
      many: '# حرفًا',
      other: '# حرف',
    })}). يُرجى اختصارها أو تقسيمها.`,
  length: (length, maximum) => `${number(length)} / ${number(maximum)}`,
  noRouting: 'الدردشة غير متاحة في هذه الصفحة.',
  notReady: 'الدردشة قيد التحميل. يُرجى المحاولة بعد لحظات.',
  error: errorTexts(
    {
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'تعذّر بدء الدردشة. يُرجى إعادة تحميل الصفحة.',
      outdated: 'توجد نسخة أحدث من هذه الصفحة. يُرجى إعادة تحميلها؛ مسودتك محفوظة.',
      'signed-out': signedOut,
      'conversation-ended': ended,
      'conversation-not-found': ended,
      rejected: 'لم تُقبل هذه الرسالة.',
      'rate-limited': 'هناك بطء بسيط حاليًا. يُرجى الانتظار قليلًا.',
      unauthorized: 'لم يُقبل تسجيل الدخول.',
      forbidden: 'هذا غير مسموح هنا.',
      unavailable: 'الخدمة غير متاحة حاليًا.',
      network: 'لا يوجد اتصال. يُرجى التحقق من الإنترنت.',
      store: 'تعذّر على المتصفح حفظ ذلك.',
      'file-type': 'لا تُقبل هنا ملفات من هذا النوع.',
      'file-size': 'هذا الملف كبير جدًا.',
      'file-empty': 'هذا الملف فارغ.',
      'file-name': 'لم يُقبل اسم هذا الملف. يُرجى تغيير اسمه وإعادة المحاولة.',
      'file-content': 'لم يُقبل محتوى هذا الملف. يُرجى التحقق منه أو تجربة ملف آخر.',
      'file-lost': 'لم يصل الملف. يُرجى التحقق من الاتصال وإعادة المحاولة.',
      'file-gone': 'لم يعد هذا الملف متاحًا.',
    },
    'حدث خطأ ما. يُرجى إعادة المحاولة.',
  ),
};
