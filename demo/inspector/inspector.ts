import 'partyline/inspector';
