import type { Messages } from '../messages.ts';
import { errorTexts, languageRules } from './language-rules.ts';

const { number, plural, list, clockTime } = languageRules('de');

const ended = 'Dieser Chat ist beendet. Schreiben Sie uns, um einen neuen zu starten.';
const signedOut = 'Sie sind abgemeldet. Melden Sie sich wieder an, um fortzufahren.';
const unconfirmed =
  'Das ist nicht bestätigt. Sehen Sie im Chat nach, bevor Sie es erneut versuchen.';

export const texts: Messages = {
  language: 'de',
  chat: 'Chat',
  heading: 'Chatten Sie mit uns',
  close: 'Schließen',
  more: 'Weitere Optionen',
  end: 'Chat beenden',
  endAsk: 'Chat beenden?',
  clear: 'Chat löschen',
  clearing: 'Chat beenden und alle Nachrichten löschen? Das lässt sich nicht rückgängig machen.',
  cancel: 'Abbrechen',
  delete: 'Löschen',
  saveText: 'Chatverlauf speichern',
  startAgain: 'Neuer Chat',
  signIn: 'Anmelden',
  unread: (count) =>
    plural(count, { one: '# ungelesene Nachricht', other: '# ungelesene Nachrichten' }),
  panelMissing:
    'Der Chat konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.',
  conversation: 'Chatverlauf',
  message: 'Nachricht',
  placeholder: 'Nachricht schreiben …',
  send: 'Senden',
  welcome: {
    title: 'Wie können wir Ihnen helfen?',
    text: 'Schreiben Sie uns. Sie können weitersurfen – neue Antworten zeigen wir Ihnen an.',
  },
  you: 'Sie',
  today: 'Heute',
  yesterday: 'Gestern',
  loadEarlier: 'Frühere Nachrichten',
  loading: 'Wird geladen …',
  newMessages: 'Neue Nachrichten',
  newConversation: 'Neuer Chat',
  jump: 'Zu den neuesten Nachrichten',
  jumpCount: (count) => `${number(count)} neu`,
  missing: (count) =>
    plural(count, { one: 'Hier fehlt # Nachricht', other: 'Hier fehlen # Nachrichten' }),
  said: (name, text) => `${name}: ${text}`,
  saidMany: (count) => plural(count, { one: '# neue Nachricht', other: '# neue Nachrichten' }),
  typing: (name) => `${name} schreibt …`,
  files: {
    attach: 'Datei anhängen',
    drop: 'Dateien hier ablegen, um sie zu senden',
    waiting: 'Wartet auf die Verbindung …',
    asking: 'Wird vorbereitet …',
    uploading: 'Wird hochgeladen …',
    checking: 'Wird geprüft …',
    sent: (name) => `${name} wurde gesendet.`,
    atMost: (size) => `Höchstens ${size}.`,
  },
  choices: 'Antwortvorschläge',
  notShown: (what) => `Das lässt sich hier nicht zeigen: ${what}`,
  expiring: (time) => `Ohne neue Nachricht endet dieser Chat um ${time} Uhr.`,
  outcome: {
    pending: 'Wird gesendet …',
    sent: 'Gesendet',
    delivered: 'Zugestellt',
    read: 'Gelesen',
    failed: 'Nicht gesendet',
  },
  notSent: (count) =>
    plural(count, {
      one: '# Nachricht wurde nicht gesendet.',
      other: '# Nachrichten wurden nicht gesendet.',
    }),
  retry: 'Erneut versuchen',
  phase: {
    offline: 'Sie sind offline. Ihre Nachrichten werden gesendet, sobald Sie wieder online sind.',
    connecting: 'Verbindung wird hergestellt …',
    ready: 'Verbunden',
    routing: 'Ihr Chat wird gestartet …',
    waiting: 'Zurzeit keine Verbindung. Ihre Nachrichten werden gesendet, sobald es wieder geht.',
    polling: 'Langsame Verbindung. Nachrichten können sich verzögern.',
    'signed-out': signedOut,
    failed: 'Keine Verbindung',
  },
  retryIn: (seconds) =>
    seconds > 0 ? `Neuer Versuch in ${number(seconds)} s` : 'Neuer Versuch läuft …',
  retryNow: 'Jetzt versuchen',
  reload: 'Seite neu laden',
  newerVersion: 'Es gibt eine neuere Version dieser Seite.',
  update: 'Aktualisieren',
  notKept: 'Der Chatverlauf wird in diesem Browser nicht gespeichert.',
  queued: 'Sie sind in der Warteschlange …',
  queuedAt: (position) => `Sie sind auf Platz ${number(position)} der Warteschlange.`,
  joined: (name) => `${name ?? 'Jemand aus unserem Team'} ist jetzt im Chat.`,
  left: 'Unser Team hat den Chat verlassen. Schreiben Sie uns, wenn Sie noch Hilfe brauchen.',
  ended,
  routing: {
    refused: 'Ihre Anfrage konnte nicht weitergeleitet werden.',
    goOn: (skillGroups) => `Weiter mit ${list(skillGroups)}`,
    uncovered: (skillGroups) => `Von ${list(skillGroups)} ist gerade niemand verfügbar.`,
    wait: 'Trotzdem warten',
    leave: 'Jetzt nicht',
    unchecked: 'Das passende Team ist gerade nicht erreichbar. Wir versuchen es weiter.',
    stalled: (since) => `Sie warten seit ${clockTime(since)} Uhr. Danke für Ihre Geduld.`,
  },
  tooLong: (length, maximum) =>
    `Diese Nachricht ist um ${plural(length - maximum, { one: '# Zeichen', other: '# Zeichen' })} zu lang. Kürzen Sie sie oder senden Sie sie in Teilen.`,
  length: (length, maximum) => `${number(length)} / ${number(maximum)}`,
  noRouting: 'Auf dieser Seite ist der Chat nicht verfügbar.',
  notReady: 'Der Chat startet noch. Versuchen Sie es gleich noch einmal.',
  error: errorTexts(
    {
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'Der Chat konnte nicht gestartet werden. Laden Sie die Seite neu.',
      outdated:
        'Es gibt eine neuere Version dieser Seite. Laden Sie sie neu; Ihr Entwurf bleibt erhalten.',
      'signed-out': signedOut,
      'conversation-ended': ended,
      'conversation-not-found': ended,
      rejected: 'Diese Nachricht wurde nicht angenommen.',
      'rate-limited': 'Gerade geht es etwas langsamer. Bitte warten Sie einen Moment.',
      unauthorized: 'Die Anmeldung wurde nicht angenommen.',
      forbidden: 'Das ist hier nicht erlaubt.',
      unavailable: 'Der Dienst ist zurzeit nicht erreichbar.',
      network: 'Keine Verbindung. Prüfen Sie Ihre Internetverbindung.',
      store: 'Der Browser konnte das nicht speichern.',
      'file-type': 'Dateien dieser Art werden hier nicht angenommen.',
      'file-size': 'Diese Datei ist zu groß.',
      'file-empty': 'Diese Datei ist leer.',
      'file-name':
        'Der Name dieser Datei wird nicht angenommen. Benennen Sie sie um und versuchen Sie es noch einmal.',
      'file-content':
        'Der Inhalt dieser Datei wird nicht angenommen. Prüfen Sie sie oder nehmen Sie eine andere.',
      'file-lost':
        'Die Datei ist nicht angekommen. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
      'file-gone': 'Diese Datei ist nicht mehr verfügbar.',
    },
    'Etwas ist schiefgelaufen. Versuchen Sie es erneut.',
  ),
};
