import type { Messages } from '../messages.ts';
import { errorTexts, languageRules } from './language-rules.ts';

const { number, plural, list, clockTime } = languageRules('de');

const ended = 'Dieser Chat ist beendet. Schreiben Sie uns, um einen neuen zu starten.';
const signedOut = 'Sie sind abgemeldet. Melden Sie sich wieder an, um fortzufahren.';
const refused = 'Ihre Anfrage konnte nicht gesendet werden.';
const unconfirmed =
  'Das ist nicht bestätigt. Sehen Sie im Chat nach, bevor Sie es erneut versuchen.';

export const texts: Messages = {
  language: 'de',
  chat: 'Chat',
  heading: 'Chatten Sie mit uns',
  close: 'Schließen',
  more: 'Weitere Optionen',
  end: 'Chat beenden',
  endConfirm: 'Chat beenden?',
  clear: 'Chat löschen',
  clearConfirm:
    'Chat beenden und alle Nachrichten löschen? Das lässt sich nicht rückgängig machen.',
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
  senderNames: { agent: 'Unser Team', bot: 'Virtueller Assistent' },
  today: 'Heute',
  yesterday: 'Gestern',
  loadEarlier: 'Frühere Nachrichten laden',
  loading: 'Wird geladen …',
  newMessages: 'Neue Nachrichten',
  newConversation: 'Neuer Chat',
  jump: 'Zu den neuesten Nachrichten',
  jumpCount: (count) => `${number(count)} neu`,
  missing: (count) =>
    plural(count, { one: 'Hier fehlt # Nachricht', other: 'Hier fehlen # Nachrichten' }),
  announcement: (name, text) => `${name}: ${text}`,
  announcementCount: (count) =>
    plural(count, { one: '# neue Nachricht', other: '# neue Nachrichten' }),
  typing: (name) => `${name} schreibt …`,
  files: {
    attach: 'Datei anhängen',
    drop: 'Dateien hier ablegen, um sie zu senden',
    queued: 'Warten auf die vorige Datei …',
    waiting: 'Warten auf Verbindung …',
    asking: 'Wird vorbereitet …',
    uploading: 'Wird hochgeladen …',
    checking: 'Wird geprüft …',
    sent: (name) => `${name} wurde gesendet.`,
    atMost: (size) => `Maximale Größe: ${size}.`,
  },
  choices: 'Antwortvorschläge',
  noTimes: 'Zurzeit sind keine Termine frei.',
  declined: {
    'co-browse':
      'Bildschirmfreigabe ist in diesem Chat nicht verfügbar. Die Anfrage wurde abgelehnt.',
    video: 'Videoanrufe sind in diesem Chat nicht verfügbar. Die Anfrage wurde abgelehnt.',
  },
  notShown: (title) =>
    title === null
      ? 'Das kann hier nicht angezeigt werden.'
      : `Das kann hier nicht angezeigt werden: ${title}`,
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
  retryNow: 'Jetzt erneut versuchen',
  reload: 'Seite neu laden',
  newerVersion: 'Es gibt eine neuere Version dieser Seite.',
  update: 'Aktualisieren',
  notStored: 'Der Chatverlauf wird in diesem Browser nicht gespeichert.',
  queued: 'Sie sind in der Warteschlange …',
  queuedAt: (position) => `Sie sind auf Platz ${number(position)} der Warteschlange.`,
  joined: (name) => `${name ?? 'Jemand aus unserem Team'} ist jetzt im Chat.`,
  left: 'Unser Team hat den Chat verlassen. Schreiben Sie uns, wenn Sie noch Hilfe brauchen.',
  ended,
  ending: {
    pending: 'Der Chat wird beendet …',
    unconfirmed:
      'Wir wissen noch nicht, ob dieser Chat beendet ist. Versuchen Sie es erneut oder schreiben Sie einfach weiter.',
    refused: 'Dieser Chat konnte nicht beendet werden.',
  },
  routing: {
    refused,
    continueWith: (skillGroups) => `Weiter mit ${list(skillGroups)}`,
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
  notReady: 'Der Chat wird noch geladen. Versuchen Sie es gleich erneut.',
  error: errorTexts(
    {
      'empty-message': 'Schreiben Sie zuerst eine Nachricht.',
      'message-too-long':
        'Diese Nachricht ist zu lang. Kürzen Sie sie oder senden Sie sie in Teilen.',
      'no-conversation': 'Schreiben Sie uns, um einen Chat zu starten.',
      'unknown-message': 'Diese Nachricht ist nicht mehr vorhanden.',
      'not-failed': 'Diese Nachricht wird bereits gesendet.',
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'Der Chat konnte nicht gestartet werden. Laden Sie die Seite neu.',
      outdated:
        'Es gibt eine neuere Version dieser Seite. Laden Sie die Seite neu – Ihr Entwurf bleibt erhalten.',
      'signed-out': signedOut,
      'routing-refused': refused,
      evicted:
        'Dieser Chat ist zu oft geöffnet. Schließen Sie ein Fenster und versuchen Sie es erneut.',
      'conversation-deleted': 'Dieser Chat wurde gelöscht.',
      'conversation-ended': ended,
      'conversation-not-found': ended,
      undelivered: 'Diese Nachricht konnte nicht zugestellt werden. Senden Sie sie erneut.',
      'session-replaced': 'Ihr Chat auf einem anderen Gerät wurde geschlossen.',
      rejected: 'Das konnte nicht gesendet werden. Ändern Sie es und versuchen Sie es erneut.',
      'rate-limited': 'Gerade geht es etwas langsamer. Bitte warten Sie einen Moment.',
      unauthorized: 'Ihre Anmeldung konnte nicht bestätigt werden. Melden Sie sich erneut an.',
      'origin-refused': 'Der Chat ist auf dieser Website nicht verfügbar.',
      forbidden: 'Das ist in diesem Chat nicht verfügbar.',
      unavailable: 'Der Chat ist vorübergehend nicht verfügbar. Versuchen Sie es später erneut.',
      network: 'Keine Verbindung. Prüfen Sie Ihre Internetverbindung.',
      store: 'Der Browser konnte das nicht speichern.',
      'file-type': 'Dateien dieses Typs können hier nicht gesendet werden.',
      'file-size': 'Diese Datei ist zu groß.',
      'file-empty': 'Diese Datei ist leer.',
      'file-extension':
        'Dem Dateinamen fehlt eine Endung wie .pdf. Ergänzen Sie sie und versuchen Sie es erneut.',
      'file-name':
        'Dieser Dateiname wird nicht akzeptiert. Benennen Sie die Datei um und versuchen Sie es erneut.',
      'file-content':
        'Diese Datei konnte nicht angenommen werden. Versuchen Sie es mit einer anderen.',
      'file-lost':
        'Die Datei konnte nicht gesendet werden. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.',
      'file-gone': 'Diese Datei ist nicht mehr verfügbar.',
    },
    'Etwas ist schiefgelaufen. Versuchen Sie es erneut.',
  ),
};
