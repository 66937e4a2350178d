import type { Messages } from '../messages.ts';
import { errorTexts, languageRules } from './language-rules.ts';

const { number, plural, list, clockTime } = languageRules('fr');

const ended = 'Cette conversation est terminée. Envoyez un message pour en commencer une autre.';
const signedOut = 'Votre session est fermée. Connectez-vous pour continuer.';
const refused = 'Votre demande n’a pas pu être envoyée.';
const unconfirmed = 'L’action n’est pas confirmée. Vérifiez la conversation avant de réessayer.';

export const texts: Messages = {
  language: 'fr',
  chat: 'Chat',
  heading: 'Discutez avec nous',
  close: 'Fermer',
  more: 'Plus d’options',
  end: 'Terminer la conversation',
  endConfirm: 'Terminer la conversation ?',
  clear: 'Supprimer la conversation',
  clearConfirm:
    'Terminer la conversation et supprimer tous ses messages ? Cette action est définitive.',
  cancel: 'Annuler',
  delete: 'Supprimer',
  saveText: 'Enregistrer la conversation',
  startAgain: 'Nouvelle conversation',
  signIn: 'Se connecter',
  unread: (count) => plural(count, { one: '# message non lu', other: '# messages non lus' }),
  panelMissing: 'Impossible de charger le chat. Vérifiez votre connexion, puis réessayez.',
  conversation: 'Conversation',
  message: 'Message',
  placeholder: 'Écrivez un message…',
  send: 'Envoyer',
  welcome: {
    title: 'Comment pouvons-nous vous aider ?',
    text: 'Écrivez-nous. Continuez à naviguer : nous vous signalerons chaque réponse.',
  },
  you: 'Vous',
  senderNames: { agent: 'Notre équipe', bot: 'Assistant virtuel' },
  today: 'Aujourd’hui',
  yesterday: 'Hier',
  loadEarlier: 'Charger les messages précédents',
  loading: 'Chargement…',
  newMessages: 'Nouveaux messages',
  newConversation: 'Nouvelle conversation',
  jump: 'Aller aux derniers messages',
  jumpCount: (count) => plural(count, { one: '# nouveau', other: '# nouveaux' }),
  missing: (count) =>
    plural(count, { one: 'Il manque # message ici', other: 'Il manque # messages ici' }),
  announcement: (name, text) => `${name} : ${text}`,
  announcementCount: (count) =>
    plural(count, { one: '# nouveau message', other: '# nouveaux messages' }),
  typing: (name) => `${name} est en train d’écrire…`,
  files: {
    attach: 'Joindre un fichier',
    drop: 'Déposez les fichiers ici pour les envoyer',
    queued: 'En attente du fichier précédent…',
    waiting: 'En attente de la connexion…',
    asking: 'Préparation…',
    uploading: 'Envoi du fichier…',
    checking: 'Vérification…',
    sent: (name) => `${name} a été envoyé.`,
    atMost: (size) => `Taille maximale : ${size}.`,
  },
  choices: 'Réponses suggérées',
  noTimes: 'Aucun créneau n’est disponible pour le moment.',
  declined: {
    'co-browse':
      'Le partage d’écran n’est pas disponible dans cette conversation. La demande a été refusée.',
    video:
      'Les appels vidéo ne sont pas disponibles dans cette conversation. La demande a été refusée.',
  },
  notShown: (title) =>
    title === null
      ? 'Ce contenu ne peut pas être affiché ici.'
      : `Ce contenu ne peut pas être affiché ici : ${title}`,
  expiring: (time) => `Sans nouveau message, la conversation se fermera à ${time}.`,
  outcome: {
    pending: 'Envoi en cours…',
    sent: 'Envoyé',
    delivered: 'Remis',
    read: 'Lu',
    failed: 'Non envoyé',
  },
  notSent: (count) =>
    plural(count, {
      one: '# message n’a pas été envoyé.',
      other: '# messages n’ont pas été envoyés.',
    }),
  retry: 'Réessayer',
  phase: {
    offline: 'Vous êtes hors ligne. Vos messages partiront dès le retour de la connexion.',
    connecting: 'Connexion…',
    ready: 'En ligne',
    routing: 'Ouverture de la conversation…',
    waiting: 'Connexion impossible pour le moment. Vos messages seront envoyés dès que possible.',
    polling: 'Connexion lente. Les messages peuvent arriver avec du retard.',
    'signed-out': signedOut,
    failed: 'Connexion impossible',
  },
  retryIn: (seconds) =>
    seconds > 0 ? `Nouvelle tentative dans ${number(seconds)} s` : 'Nouvelle tentative en cours…',
  retryNow: 'Réessayer',
  reload: 'Recharger la page',
  newerVersion: 'Une version plus récente de cette page est disponible.',
  update: 'Mettre à jour',
  notStored: 'L’historique n’est pas conservé dans ce navigateur.',
  queued: 'Vous êtes en file d’attente…',
  queuedAt: (position) => `Vous êtes en file d’attente. Votre position : ${number(position)}.`,
  joined: (name) => `${name ?? 'Un membre de notre équipe'} a rejoint la conversation.`,
  left: 'Notre équipe a quitté la conversation. Écrivez-nous si vous avez encore besoin d’aide.',
  ended,
  ending: {
    pending: 'Fermeture de la conversation…',
    unconfirmed:
      'Nous n’avons pas pu confirmer la fin de la conversation. Réessayez ou envoyez un message pour continuer.',
    refused: 'La conversation n’a pas pu être terminée.',
  },
  routing: {
    refused,
    continueWith: (skillGroups) => `Continuer avec ${list(skillGroups)}`,
    uncovered: (skillGroups) => `Personne n’est disponible pour ${list(skillGroups)} en ce moment.`,
    wait: 'Attendre quand même',
    leave: 'Pas maintenant',
    unchecked: 'L’équipe concernée est injoignable. Nous réessayons automatiquement.',
    stalled: (since) => `Vous patientez depuis ${clockTime(since)}. Merci de votre patience.`,
  },
  tooLong: (length, maximum) =>
    `Ce message est trop long de ${plural(length - maximum, { one: '# caractère', other: '# caractères' })}. Raccourcissez-le ou envoyez-le en plusieurs fois.`,
  length: (length, maximum) => `${number(length)} / ${number(maximum)}`,
  noRouting: 'Le chat n’est pas disponible sur cette page.',
  notReady: 'Le chat est en cours de chargement. Réessayez dans un instant.',
  error: errorTexts(
    {
      'empty-message': 'Écrivez d’abord un message.',
      'message-too-long':
        'Ce message est trop long. Raccourcissez-le ou envoyez-le en plusieurs fois.',
      'no-conversation': 'Envoyez un message pour commencer une conversation.',
      'unknown-message': 'Ce message n’est plus disponible.',
      'not-failed': 'Ce message est déjà en cours d’envoi.',
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'Le chat n’a pas pu démarrer. Rechargez la page.',
      outdated:
        'Une version plus récente de cette page est disponible. Rechargez-la : votre brouillon est conservé.',
      'signed-out': signedOut,
      'routing-refused': refused,
      evicted:
        'Cette conversation est ouverte à trop d’endroits. Fermez un onglet, puis réessayez.',
      'conversation-deleted': 'Cette conversation a été supprimée.',
      'conversation-ended': ended,
      'conversation-not-found': ended,
      undelivered: 'Ce message n’a pas pu être remis. Envoyez-le de nouveau.',
      'session-replaced': 'Votre conversation sur un autre appareil a été fermée.',
      rejected: 'L’envoi n’a pas été accepté. Modifiez votre message, puis réessayez.',
      'rate-limited': 'Le service est un peu lent. Patientez un instant.',
      unauthorized: 'Votre identité n’a pas pu être confirmée. Reconnectez-vous.',
      'origin-refused': 'Le chat n’est pas disponible sur ce site.',
      forbidden: 'Cette action n’est pas disponible dans cette conversation.',
      unavailable: 'Le chat est momentanément indisponible. Réessayez plus tard.',
      network: 'Connexion impossible. Vérifiez votre accès à Internet.',
      store: 'Le navigateur n’a pas pu enregistrer ces données.',
      'file-type': 'Les fichiers de ce type ne peuvent pas être envoyés ici.',
      'file-size': 'Ce fichier est trop volumineux.',
      'file-empty': 'Ce fichier est vide.',
      'file-extension':
        'Le nom du fichier n’a pas d’extension, comme .pdf. Ajoutez-en une, puis réessayez.',
      'file-name': 'Ce nom de fichier n’est pas accepté. Renommez le fichier, puis réessayez.',
      'file-content': 'Ce fichier n’a pas pu être accepté. Essayez avec un autre fichier.',
      'file-lost': 'Le fichier n’a pas pu être envoyé. Vérifiez votre connexion, puis réessayez.',
      'file-gone': 'Ce fichier n’est plus disponible.',
    },
    'Une erreur est survenue. Réessayez.',
  ),
};
