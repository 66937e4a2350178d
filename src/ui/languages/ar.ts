import type { Messages } from '../messages.ts';
import { errorTexts, languageRules } from './language-rules.ts';

const { number, plural, list, clockTime } = languageRules('ar');

/** Isolates a name, so that Latin letters don't change the order of the sentence. */
const isolated = (name: string) => `\u2068${name}\u2069`;

const isolatedList = (names: readonly string[]) => list(names.map(isolated));

const newMessages = (count: number) =>
  plural(count, {
    one: 'رسالة جديدة واحدة',
    two: 'رسالتان جديدتان',
    few: '# رسائل جديدة',
    other: '# رسالة جديدة',
  });

const ended = 'انتهت هذه المحادثة. يُرجى إرسال رسالة لبدء محادثة جديدة.';
const signedOut = 'تم تسجيل خروجك. يُرجى تسجيل الدخول مرة أخرى للمتابعة.';
const refused = 'تعذّر إرسال طلبك.';
const unconfirmed = 'لم يصل تأكيد. يُرجى مراجعة المحادثة قبل إعادة المحاولة.';

export const texts: Messages = {
  language: 'ar',
  chat: 'الدردشة',
  heading: 'تحدّث معنا',
  close: 'إغلاق',
  more: 'خيارات أخرى',
  end: 'إنهاء المحادثة',
  endConfirm: 'هل تريد إنهاء المحادثة؟',
  clear: 'حذف المحادثة',
  clearConfirm: 'هل تريد إنهاء المحادثة وحذف كل رسائلها نهائيًا؟',
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
  senderNames: { agent: 'فريقنا', bot: 'المساعد الآلي' },
  today: 'اليوم',
  yesterday: 'أمس',
  loadEarlier: 'تحميل الرسائل السابقة',
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
  announcement: (name, text) => `${isolated(name)}: ${text}`,
  announcementCount: newMessages,
  typing: (name) => `${isolated(name)}: جارٍ الكتابة…`,
  files: {
    attach: 'إرفاق ملف',
    drop: 'إفلات الملفات هنا لإرسالها',
    queued: 'في انتظار الملف السابق…',
    waiting: 'في انتظار الاتصال…',
    asking: 'جارٍ التحضير…',
    uploading: 'جارٍ رفع الملف…',
    checking: 'جارٍ فحص الملف…',
    sent: (name) => `تم إرسال ${isolated(name)}.`,
    atMost: (size) => `الحد الأقصى للحجم: ${isolated(size)}.`,
  },
  choices: 'ردود مقترحة',
  noTimes: 'لا توجد مواعيد متاحة حاليًا.',
  declined: {
    'co-browse': 'مشاركة الشاشة غير متاحة في هذه المحادثة. تم رفض الطلب.',
    video: 'مكالمات الفيديو غير متاحة في هذه المحادثة. تم رفض الطلب.',
  },
  notShown: (title) =>
    title === null
      ? 'لا يمكن عرض هذا المحتوى هنا.'
      : `لا يمكن عرض هذا المحتوى هنا: ${isolated(title)}`,
  expiring: (time) => `ستُغلق هذه المحادثة عند الساعة ${time} ما لم تصل رسالة جديدة.`,
  outcome: {
    pending: 'جارٍ الإرسال…',
    sent: 'تم الإرسال',
    delivered: 'تم التسليم',
    read: 'تمت القراءة',
    failed: 'لم يتم الإرسال',
  },
  notSent: (count) =>
    plural(count, {
      one: 'تعذّر إرسال رسالة واحدة.',
      two: 'تعذّر إرسال رسالتين.',
      few: 'تعذّر إرسال # رسائل.',
      other: 'تعذّر إرسال # رسالة.',
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
  notStored: 'لن يُحفظ سجل المحادثة في هذا المتصفح.',
  queued: 'في انتظار أحد موظفينا…',
  queuedAt: (position) => `في انتظار أحد موظفينا. ترتيبك في الانتظار: ${number(position)}.`,
  joined: (name) => `${name === null ? 'أحد موظفينا' : isolated(name)} معك الآن في المحادثة.`,
  left: 'غادر فريقنا المحادثة. يُرجى إرسال رسالة إذا احتجت إلى مساعدة.',
  ended,
  ending: {
    pending: 'جارٍ إنهاء المحادثة…',
    unconfirmed: 'لم يصل تأكيد بانتهاء المحادثة. يُرجى إعادة المحاولة أو إرسال رسالة للمتابعة.',
    refused: 'تعذّر إنهاء المحادثة.',
  },
  routing: {
    refused,
    continueWith: (skillGroups) => `المتابعة مع ${isolatedList(skillGroups)}`,
    uncovered: (skillGroups) => `لا يوجد أحد متاح من ${isolatedList(skillGroups)} حاليًا.`,
    wait: 'الانتظار على أي حال',
    leave: 'ليس الآن',
    unchecked: 'يتعذّر الوصول إلى الفريق المناسب حاليًا. سنواصل المحاولة.',
    stalled: (since) => `بدأ الانتظار عند الساعة ${clockTime(since)}. شكرًا لصبرك.`,
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
      'empty-message': 'يُرجى كتابة رسالة أولًا.',
      'message-too-long': 'هذه الرسالة طويلة جدًا. يُرجى اختصارها أو تقسيمها.',
      'no-conversation': 'يُرجى إرسال رسالة لبدء محادثة.',
      'unknown-message': 'لم تعد هذه الرسالة متاحة.',
      'not-failed': 'هذه الرسالة قيد الإرسال بالفعل.',
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'تعذّر بدء الدردشة. يُرجى إعادة تحميل الصفحة.',
      outdated: 'يتوفر إصدار أحدث من هذه الصفحة. يُرجى إعادة تحميلها؛ مسودتك محفوظة.',
      'signed-out': signedOut,
      'routing-refused': refused,
      evicted: 'هذه المحادثة مفتوحة في أماكن كثيرة. يُرجى إغلاق أحدها وإعادة المحاولة.',
      'conversation-deleted': 'حُذفت هذه المحادثة.',
      'conversation-ended': ended,
      'conversation-not-found': ended,
      undelivered: 'تعذّر تسليم هذه الرسالة. يُرجى إرسالها مرة أخرى.',
      'session-replaced': 'أُغلقت محادثتك على جهاز آخر.',
      rejected: 'تعذّر الإرسال. يُرجى تعديل الرسالة وإعادة المحاولة.',
      'rate-limited': 'هناك بطء بسيط حاليًا. يُرجى الانتظار قليلًا.',
      unauthorized: 'تعذّر تأكيد تسجيل الدخول. يُرجى تسجيل الدخول مرة أخرى.',
      'origin-refused': 'الدردشة غير متاحة على هذا الموقع.',
      forbidden: 'هذا غير متاح في هذه المحادثة.',
      unavailable: 'الدردشة غير متاحة مؤقتًا. يُرجى المحاولة لاحقًا.',
      network: 'لا يوجد اتصال. يُرجى التحقق من الإنترنت.',
      store: 'تعذّر على المتصفح حفظ ذلك.',
      'file-type': 'لا يمكن إرسال هذا النوع من الملفات هنا.',
      'file-size': 'هذا الملف كبير جدًا.',
      'file-empty': 'هذا الملف فارغ.',
      'file-extension': 'اسم الملف بلا امتداد مثل ⁨.pdf⁩. يُرجى إضافة الامتداد وإعادة المحاولة.',
      'file-name': 'اسم هذا الملف غير مقبول. يُرجى تغييره وإعادة المحاولة.',
      'file-content': 'تعذّر قبول هذا الملف. يُرجى تجربة ملف آخر.',
      'file-lost': 'تعذّر إرسال الملف. يُرجى التحقق من الاتصال وإعادة المحاولة.',
      'file-gone': 'لم يعد هذا الملف متاحًا.',
    },
    'حدث خطأ ما. يُرجى إعادة المحاولة.',
  ),
};
