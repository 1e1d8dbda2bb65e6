<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>A push-to-talk voice client for the Opper Realtime API.</source>
        <translation>Sprechen auf Tastendruck: ein Sprachclient für die Opper Realtime API.</translation>
    </message>
    <message>
        <source>About Presstalk</source>
        <translation>Über Presstalk</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied. It contains no key.</source>
        <translation>Kopiert, ohne Schlüssel.</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Diagnose kopieren</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>MIT licence. Qt is used under the LGPL 3, the other libraries under their own licences.</source>
        <translation>MIT-Lizenz. Qt wird unter der LGPL 3 benutzt, die übrigen Bibliotheken unter ihren eigenen Lizenzen.</translation>
    </message>
</context>
<context>
    <name>ApprovalCard</name>
    <message>
        <source>Always for this tool</source>
        <translation>Immer für dieses Werkzeug</translation>
    </message>
    <message>
        <source>Arguments as they will be sent</source>
        <translation>Argumente, wie sie gesendet werden</translation>
    </message>
    <message>
        <source>Deny all {0}</source>
        <translation>Alle {0} ablehnen</translation>
    </message>
    <message>
        <source>Don&apos;t allow</source>
        <translation>Nicht erlauben</translation>
    </message>
    <message>
        <source>Don&apos;t let this call run</source>
        <translation>Diesen Aufruf nicht ausführen</translation>
    </message>
    <message>
        <source>Don&apos;t let this call run, nor those that wait</source>
        <translation>Weder diesen Aufruf noch die wartenden ausführen</translation>
    </message>
    <message>
        <source>Let this call run</source>
        <translation>Diesen Aufruf ausführen</translation>
    </message>
    <message>
        <source>Let this tool run from now on without asking</source>
        <translation>Dieses Werkzeug ab jetzt ohne Rückfrage ausführen</translation>
    </message>
    <message>
        <source>May the tool {0} run with these arguments?</source>
        <translation>Darf das Werkzeug {0} mit diesen Argumenten laufen?</translation>
    </message>
    <message>
        <source>More are waiting: {0}.</source>
        <translation>Es warten weitere: {0}.</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
    <message>
        <source>Never let this tool run, and don&apos;t ask again</source>
        <translation>Dieses Werkzeug nie ausführen und nicht mehr fragen</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>Einmal</translation>
    </message>
    <message>
        <source>One moment: read the question first</source>
        <translation>Einen Moment: Lesen Sie zuerst die Frage</translation>
    </message>
    <message>
        <source>The arguments are too long to be read here</source>
        <translation>Die Argumente sind zu lang, um sie hier zu lesen</translation>
    </message>
</context>
<context>
    <name>ArgumentsEditor</name>
    <message>
        <source>Arguments as JSON</source>
        <translation>Argumente als JSON</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
</context>
<context>
    <name>AudioDoctor</name>
    <message>
        <source>Bad</source>
        <translation>Schlecht</translation>
    </message>
    <message>
        <source>Could be better</source>
        <translation>Könnte besser sein</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>Nicht gemessen</translation>
    </message>
    <message>
        <source>Now read this aloud: “A quick brown fox jumps over the lazy dog, and then it rests in the sun.”</source>
        <translation>Lesen Sie jetzt laut vor: „Ein schneller brauner Fuchs springt über den faulen Hund und ruht dann in der Sonne.“</translation>
    </message>
    <message>
        <source>Opening the microphone and the speaker…</source>
        <translation>Mikrofon und Lautsprecher werden geöffnet …</translation>
    </message>
    <message>
        <source>Playing short sweeps and a murmur, and listening for them. Quiet, please.</source>
        <translation>Kurze Töne und ein Murmeln werden gespielt und wieder aufgenommen. Bitte leise.</translation>
    </message>
    <message>
        <source>Quiet, please: listening to the room.</source>
        <translation>Bitte leise: Das Geräusch im Raum wird gemessen.</translation>
    </message>
    <message>
        <source>Working out the findings…</source>
        <translation>Das Gehörte wird ausgewertet …</translation>
    </message>
</context>
<context>
    <name>AudioRow</name>
    <message>
        <source>Mute the microphone</source>
        <translation>Mikrofon stummschalten</translation>
    </message>
</context>
<context>
    <name>BackgroundPage</name>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Hidden, if there is an icon in the tray.</source>
        <translation>Verborgen, wenn es ein Symbol im Infobereich gibt.</translation>
    </message>
    <message>
        <source>Icon in the tray</source>
        <translation>Symbol im Infobereich</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Anzeigen</translation>
    </message>
    <message>
        <source>Show it, and close to it</source>
        <translation>Anzeigen und dorthin schließen</translation>
    </message>
    <message>
        <source>Shows the state; talk, mute and connect in its menu. Closed to the tray, Presstalk keeps running.</source>
        <translation>Zeigt den Zustand; im Menü: sprechen, stummschalten, verbinden. In den Infobereich geschlossen läuft Presstalk weiter.</translation>
    </message>
    <message>
        <source>Start at login</source>
        <translation>Beim Anmelden starten</translation>
    </message>
    <message>
        <source>While the window is hidden: the end of an answer, without its words, and errors.</source>
        <translation>Solange das Fenster verborgen ist: das Ende einer Antwort, ohne ihre Worte, und Fehler.</translation>
    </message>
</context>
<context>
    <name>BenchPanel</name>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>All results are real.</source>
        <translation>Alle Ergebnisse sind echt.</translation>
    </message>
    <message>
        <source>Chance</source>
        <translation>Chance</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>Fixed answer as JSON</source>
        <translation>Feste Antwort als JSON</translation>
    </message>
    <message>
        <source>For tests: changes what the assistant&apos;s calls return. A failure or fixed answer runs no tool.</source>
        <translation>Für Tests: ändert, was die Aufrufe des Assistenten ergeben. Bei einem Fehler oder einer festen Antwort läuft kein Werkzeug.</translation>
    </message>
    <message>
        <source>Next call only</source>
        <translation>Nur der nächste Aufruf</translation>
    </message>
    <message>
        <source>Not real now: {0}</source>
        <translation>Zurzeit nicht echt: {0}</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Einschalten</translation>
    </message>
    <message>
        <source>There is no tool</source>
        <translation>Es gibt kein Werkzeug</translation>
    </message>
    <message>
        <source>This tool&apos;s results are real</source>
        <translation>Die Ergebnisse dieses Werkzeugs sind echt</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>Werkzeug</translation>
    </message>
    <message>
        <source>the tool&apos;s own</source>
        <translation>das des Werkzeugs</translation>
    </message>
</context>
<context>
    <name>CallComparison</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>The results are the same.</source>
        <translation>Die Ergebnisse sind gleich.</translation>
    </message>
    <message>
        <source>The results are too long to compare here.</source>
        <translation>Die Ergebnisse sind zu lang, um sie hier zu vergleichen.</translation>
    </message>
</context>
<context>
    <name>CallDetail</name>
    <message>
        <source>Arguments and result</source>
        <translation>Argumente und Ergebnis</translation>
    </message>
    <message>
        <source>Compare with another call of this tool</source>
        <translation>Mit einem anderen Aufruf dieses Werkzeugs vergleichen</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Noch einmal ausführen</translation>
    </message>
    <message>
        <source>Run {0} again, with these or other arguments</source>
        <translation>{0} noch einmal ausführen, mit diesen oder anderen Argumenten</translation>
    </message>
    <message>
        <source>Send result</source>
        <translation>Ergebnis senden</translation>
    </message>
    <message>
        <source>Send the result to the model</source>
        <translation>Das Ergebnis an das Modell senden</translation>
    </message>
    <message>
        <source>The arguments are too long to edit here.</source>
        <translation>Die Argumente sind zu lang, um sie hier zu bearbeiten.</translation>
    </message>
    <message>
        <source>There is no other result of this tool yet</source>
        <translation>Es gibt noch kein anderes Ergebnis dieses Werkzeugs</translation>
    </message>
</context>
<context>
    <name>CallList</name>
    <message>
        <source>Tool calls</source>
        <translation>Werkzeugaufrufe</translation>
    </message>
</context>
<context>
    <name>ChoiceField</name>
    <message>
        <source>{0} (missing)</source>
        <translation>{0} (nicht vorhanden)</translation>
    </message>
</context>
<context>
    <name>ClearButton</name>
    <message>
        <source>Clear the text</source>
        <translation>Text löschen</translation>
    </message>
</context>
<context>
    <name>ConnectionPage</name>
    <message>
        <source>Agent</source>
        <translation>Agent</translation>
    </message>
    <message>
        <source>Connect with a ticket</source>
        <translation>Mit Ticket verbinden</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Exchanges the key for a ticket that opens one session within a minute.</source>
        <translation>Tauscht den Schlüssel gegen ein Ticket, das innerhalb einer Minute eine Sitzung öffnet.</translation>
    </message>
    <message>
        <source>For 1 minute</source>
        <translation>1 Minute lang</translation>
    </message>
    <message>
        <source>For 30 minutes</source>
        <translation>30 Minuten lang</translation>
    </message>
    <message>
        <source>For 5 minutes</source>
        <translation>5 Minuten lang</translation>
    </message>
    <message>
        <source>Leave empty for Opper&apos;s own.</source>
        <translation>Leer lassen für die Adresse von Opper.</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Organisation</source>
        <translation>Organisation</translation>
    </message>
    <message>
        <source>Reconnect</source>
        <translation>Neu verbinden</translation>
    </message>
    <message>
        <source>Service address</source>
        <translation>Dienstadresse</translation>
    </message>
    <message>
        <source>The name of a voice agent that is defined at Opper. It decides what you don&apos;t choose here.</source>
        <translation>Der Name eines Sprachagenten, der bei Opper eingerichtet ist. Er bestimmt, was Sie hier nicht wählen.</translation>
    </message>
    <message>
        <source>Ticket address</source>
        <translation>Ticketadresse</translation>
    </message>
    <message>
        <source>Tickets instead of a key, if your organisation issues them.</source>
        <translation>Tickets statt eines Schlüssels, falls Ihre Organisation welche ausstellt.</translation>
    </message>
    <message>
        <source>Until I disconnect</source>
        <translation>Bis zum Trennen</translation>
    </message>
    <message>
        <source>When the connection is lost.</source>
        <translation>Wenn die Verbindung verloren geht.</translation>
    </message>
    <message>
        <source>Where your organisation issues tickets. With a ticket you don&apos;t need a key.</source>
        <translation>Wo Ihre Organisation Tickets ausgibt. Mit Ticket ist kein Schlüssel nötig.</translation>
    </message>
</context>
<context>
    <name>ConversationPage</name>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>After this time the conversation goes on, and the result comes later. 0: it waits.</source>
        <translation>Nach dieser Zeit geht das Gespräch weiter, und das Ergebnis kommt später. 0: Es wartet.</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>Ask each time</source>
        <translation>Jedes Mal fragen</translation>
    </message>
    <message>
        <source>Budget of a day</source>
        <translation>Budget eines Tages</translation>
    </message>
    <message>
        <source>Budget of a session</source>
        <translation>Budget einer Sitzung</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>For models billed by the open minute. A press wakes them. 0: never.</source>
        <translation>Für Modelle, die je offener Minute kosten. Ein Tastendruck weckt sie. 0: nie.</translation>
    </message>
    <message>
        <source>Go on without a slow tool</source>
        <translation>Ohne langsames Werkzeug weiter</translation>
    </message>
    <message>
        <source>In the currency of the prices. When it is used up, you are asked. 0: none.</source>
        <translation>In der Währung der Preise. Ist es aufgebraucht, werden Sie gefragt. 0: keines.</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Anweisungen</translation>
    </message>
    <message>
        <source>Lower is steadier, higher is livelier. When off, the model decides.</source>
        <translation>Niedriger ist beständiger, höher lebhafter. Ausgeschaltet entscheidet das Modell.</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Rest when quiet</source>
        <translation>Bei Stille ruhen</translation>
    </message>
    <message>
        <source>Say that a tool waits for you</source>
        <translation>Sagen, dass ein Werkzeug wartet</translation>
    </message>
    <message>
        <source>Spend</source>
        <translation>Ausgaben</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>The assistant says at once that a call waits for your approval.</source>
        <translation>Der Assistent sagt sofort, dass ein Aufruf auf Ihre Freigabe wartet.</translation>
    </message>
    <message>
        <source>The assistant searches and reads pages through Opper. From the next session on.</source>
        <translation>Der Assistent sucht und liest Seiten über Opper. Ab der nächsten Sitzung.</translation>
    </message>
    <message>
        <source>This is too long: {0} characters at most. Nothing was pasted.</source>
        <translation>Das ist zu lang: höchstens {0} Zeichen. Es wurde nichts eingefügt.</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Traces at Opper</source>
        <translation>Traces bei Opper</translation>
    </message>
    <message>
        <source>Transcribe what you say</source>
        <translation>Gesagtes mitschreiben</translation>
    </message>
    <message>
        <source>Web search</source>
        <translation>Websuche</translation>
    </message>
    <message>
        <source>What the model is told first. Changes take effect at once or in the next session.</source>
        <translation>Was das Modell zuerst erfährt. Änderungen gelten sofort oder ab der nächsten Sitzung.</translation>
    </message>
    <message>
        <source>When off, your bubbles stay empty.</source>
        <translation>Ausgeschaltet bleiben Ihre Sprechblasen leer.</translation>
    </message>
    <message>
        <source>Writes each turn, with its words, to your project&apos;s traces.</source>
        <translation>Schreibt jeden Beitrag mit seinem Wortlaut in die Traces Ihres Projekts.</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>An unexpected error occurred. The conversation continues if it can; if it doesn&apos;t, disconnect and connect again. A report helps to fix the error: it contains no key and nothing you said.</source>
        <translation>Ein unerwarteter Fehler ist aufgetreten. Das Gespräch geht nach Möglichkeit weiter; wenn nicht, trennen Sie die Verbindung und verbinden sich neu. Ein Bericht hilft, den Fehler zu beheben: Er enthält keinen Schlüssel und nichts, was Sie gesagt haben.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Kopiert.</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
</context>
<context>
    <name>DaysField</name>
    <message>
        <source>{0} days</source>
        <translation>{0} Tage</translation>
    </message>
</context>
<context>
    <name>DevicesModel</name>
    <message>
        <source>System default</source>
        <translation>Systemstandard</translation>
    </message>
    <message>
        <source>System default ({0})</source>
        <translation>Systemstandard ({0})</translation>
    </message>
    <message>
        <source>System default · {0}</source>
        <translation>Systemstandard · {0}</translation>
    </message>
    <message>
        <source>no microphone</source>
        <translation>kein Mikrofon</translation>
    </message>
    <message>
        <source>no speaker</source>
        <translation>kein Lautsprecher</translation>
    </message>
    <message>
        <source>{0} (not connected)</source>
        <translation>{0} (nicht angeschlossen)</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Export what was spent</source>
        <translation>Ausgaben exportieren</translation>
    </message>
    <message>
        <source>conversation {0}.md</source>
        <translation>Gespräch {0}.md</translation>
    </message>
    <message>
        <source>spend {0}.csv</source>
        <translation>Ausgaben {0}.csv</translation>
    </message>
    <message>
        <source>times {0}.csv</source>
        <translation>Zeiten {0}.csv</translation>
    </message>
</context>
<context>
    <name>DoctorDialog</name>
    <message>
        <source>All is well.</source>
        <translation>Alles in Ordnung.</translation>
    </message>
    <message>
        <source>Audio doctor</source>
        <translation>Audio-Doktor</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Kopiert.</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>Als Text kopieren</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Here is what to look at.</source>
        <translation>Darauf sollten Sie achten.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>This takes half a minute. The doctor listens to the room, plays short sweeps and listens for them, and asks you to read a sentence. Then you are told what to do for good sound.</source>
        <translation>Das dauert eine halbe Minute: Erst wird das Geräusch im Raum gemessen, dann werden kurze Töne gespielt und wieder aufgenommen, und Sie lesen einen Satz vor. Danach steht hier, was für guten Ton zu tun ist.</translation>
    </message>
</context>
<context>
    <name>EventsModel</name>
    <message>
        <source>received</source>
        <translation>empfangen</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>gesendet</translation>
    </message>
</context>
<context>
    <name>EventsPane</name>
    <message>
        <source>All types</source>
        <translation>Alle Typen</translation>
    </message>
    <message>
        <source>Both directions</source>
        <translation>Beide Richtungen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>Richtung</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Filter the frames</source>
        <translation>Frames filtern</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>Frame</translation>
    </message>
    <message>
        <source>Frames appear here as they are sent and received.</source>
        <translation>Hier erscheinen die Frames, sobald sie gesendet oder empfangen werden.</translation>
    </message>
    <message>
        <source>JSON Lines (*.jsonl)</source>
        <translation>JSON Lines (*.jsonl)</translation>
    </message>
    <message>
        <source>No frame matches the filter.</source>
        <translation>Kein Frame passt zum Filter.</translation>
    </message>
    <message>
        <source>Not saved: {0}</source>
        <translation>Nicht gespeichert: {0}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Save as JSON Lines</source>
        <translation>Als JSON Lines speichern</translation>
    </message>
    <message>
        <source>Save the frames</source>
        <translation>Frames speichern</translation>
    </message>
    <message>
        <source>Saved as {0}</source>
        <translation>Gespeichert als {0}</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>frames {0}.jsonl</source>
        <translation>Frames {0}.jsonl</translation>
    </message>
    <message>
        <source>{0} frames</source>
        <translation>{0} Frames</translation>
    </message>
    <message>
        <source>{0} · all kept on disk</source>
        <translation>{0} · alle werden gespeichert</translation>
    </message>
    <message>
        <source>{0} · paused, {1} more waiting</source>
        <translation>{0} · angehalten, {1} weitere warten</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Arguments:</source>
        <translation>Argumente:</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>Assistent</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Date: {0} to {1}</source>
        <translation>Datum: {0} bis {1}</translation>
    </message>
    <message>
        <source>Model: {0} ({1})</source>
        <translation>Modell: {0} ({1})</translation>
    </message>
    <message>
        <source>Provider: {0}</source>
        <translation>Anbieter: {0}</translation>
    </message>
    <message>
        <source>Result:</source>
        <translation>Ergebnis:</translation>
    </message>
    <message>
        <source>Spent: {0}</source>
        <translation>Ausgegeben: {0}</translation>
    </message>
    <message>
        <source>Tool {0}: {1}</source>
        <translation>Werkzeug {0}: {1}</translation>
    </message>
    <message>
        <source>Voice: {0}</source>
        <translation>Stimme: {0}</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Sie</translation>
    </message>
    <message>
        <source>[not heard: {0}]</source>
        <translation>[nicht gehört: {0}]</translation>
    </message>
</context>
<context>
    <name>FiguresTable</name>
    <message>
        <source>Complete after</source>
        <translation>Vollständig nach</translation>
    </message>
    <message>
        <source>Heard after</source>
        <translation>Gehört nach</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Beitrag</translation>
    </message>
    <message>
        <source>Turn {0}</source>
        <translation>Beitrag {0}</translation>
    </message>
    <message>
        <source>in ms</source>
        <translation>in ms</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Close find</source>
        <translation>Suche schließen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find in the conversation</source>
        <translation>Im Gespräch suchen</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>Voriger Treffer</translation>
    </message>
    <message>
        <source>Type what to find</source>
        <translation>Geben Sie ein, was gesucht wird</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>nicht gefunden</translation>
    </message>
    <message>
        <source>{ordinal} of {total}</source>
        <translation>{ordinal} von {total}</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
</context>
<context>
    <name>FrameTable</name>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Erscheinungsbild</translation>
    </message>
    <message>
        <source>Beyond that, the oldest are deleted when Presstalk starts. 0: no limit.</source>
        <translation>Wird es mehr, werden die ältesten beim Start von Presstalk gelöscht. 0: unbegrenzt.</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Every frame, without its sound: up to 30 MB an hour.</source>
        <translation>Jeder Frame, ohne Ton: bis zu 30 MB pro Stunde.</translation>
    </message>
    <message>
        <source>Follow system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Forever</source>
        <translation>Für immer</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Keep at most</source>
        <translation>Höchstens aufbewahren</translation>
    </message>
    <message>
        <source>Keep conversations</source>
        <translation>Gespräche aufbewahren</translation>
    </message>
    <message>
        <source>Keep events too</source>
        <translation>Auch Ereignisse aufbewahren</translation>
    </message>
    <message>
        <source>Keep for</source>
        <translation>Aufbewahrungsdauer</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Of the conversation and the text line; {0} and {1} change it too.</source>
        <translation>Von Gespräch und Textzeile; auch {0} und {1} ändern sie.</translation>
    </message>
    <message>
        <source>Older ones are deleted when Presstalk starts.</source>
        <translation>Ältere werden beim Start von Presstalk gelöscht.</translation>
    </message>
    <message>
        <source>Record sound</source>
        <translation>Ton aufnehmen</translation>
    </message>
    <message>
        <source>Saved as they happen, on this computer only.</source>
        <translation>Werden laufend gespeichert, nur auf diesem Computer.</translation>
    </message>
    <message>
        <source>Takes effect at the next start.</source>
        <translation>Gilt ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Textgröße</translation>
    </message>
    <message>
        <source>What you say and what is answered, with the events: up to 350 MB an hour.</source>
        <translation>Was Sie sagen und was geantwortet wird, samt Ereignissen: bis zu 350 MB pro Stunde.</translation>
    </message>
    <message>
        <source>Where conversations are saved.</source>
        <translation>Wo Gespräche gespeichert werden.</translation>
    </message>
    <message>
        <source>{0} days</source>
        <translation>{0} Tage</translation>
    </message>
</context>
<context>
    <name>HeaderField</name>
    <message>
        <source>Authorization: Bearer …</source>
        <translation>Authorization: Bearer …</translation>
    </message>
    <message>
        <source>If it requires one. It is stored in this system&apos;s keychain.</source>
        <translation>Falls die Adresse einen verlangt. Er wird im Schlüsselbund dieses Systems gespeichert.</translation>
    </message>
    <message>
        <source>One moment…</source>
        <translation>Einen Moment …</translation>
    </message>
    <message>
        <source>Paste a header first</source>
        <translation>Fügen Sie zuerst einen Header ein</translation>
    </message>
    <message>
        <source>Remove header</source>
        <translation>Header entfernen</translation>
    </message>
    <message>
        <source>Save header</source>
        <translation>Header speichern</translation>
    </message>
    <message>
        <source>Ticket header</source>
        <translation>Ticket-Header</translation>
    </message>
    <message>
        <source>{0} is sent with each request.</source>
        <translation>{0} wird mit jeder Anfrage gesendet.</translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message>
        <source>Choose a conversation first</source>
        <translation>Wählen Sie zuerst ein Gespräch</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete (Del)</source>
        <translation>Löschen (Entf)</translation>
    </message>
    <message>
        <source>Deleted.</source>
        <translation>Gelöscht.</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>It has no words</source>
        <translation>Es enthält keine Worte</translation>
    </message>
    <message>
        <source>It is still going on</source>
        <translation>Es läuft noch</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>Nichts gefunden.</translation>
    </message>
    <message>
        <source>One moment…</source>
        <translation>Einen Moment …</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>Alle Gespräche durchsuchen</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Wird gesucht …</translation>
    </message>
    <message>
        <source>The conversation you choose appears here.</source>
        <translation>Das gewählte Gespräch erscheint hier.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Your conversations are kept here.</source>
        <translation>Ihre Gespräche werden hier aufbewahrt.</translation>
    </message>
    <message>
        <source>conversation {0}.md</source>
        <translation>Gespräch {0}.md</translation>
    </message>
</context>
<context>
    <name>HistoryList</name>
    <message>
        <source>Conversations</source>
        <translation>Gespräche</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>1 line</source>
        <translation>1 Zeile</translation>
    </message>
    <message>
        <source>No words</source>
        <translation>Keine Worte</translation>
    </message>
    <message>
        <source>cut short</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>d. MMM</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation>d. MMM yyyy</translation>
    </message>
    <message>
        <source>ongoing</source>
        <translation>läuft noch</translation>
    </message>
    <message>
        <source>{0} lines</source>
        <translation>{0} Zeilen</translation>
    </message>
</context>
<context>
    <name>Hotkey</name>
    <message>
        <source>Left {0}</source>
        <translation>{0} links</translation>
    </message>
    <message>
        <source>Mouse button {0}</source>
        <translation>Maustaste {0}</translation>
    </message>
    <message>
        <source>No talk key for all programs is chosen. The command presstalk ptt works everywhere.</source>
        <translation>Es ist keine Sprechtaste für alle Programme gewählt. Der Befehl presstalk ptt geht überall.</translation>
    </message>
    <message>
        <source>Right {0}</source>
        <translation>{0} rechts</translation>
    </message>
    <message>
        <source>Talk key in all programs: {0}, by {1}</source>
        <translation>Sprechtaste in allen Programmen: {0}, über {1}</translation>
    </message>
    <message>
        <source>The talk key for all programs rests: the screen is locked, say.</source>
        <translation>Die Sprechtaste für alle Programme ruht, etwa weil der Bildschirm gesperrt ist.</translation>
    </message>
    <message>
        <source>commands only</source>
        <translation>Befehle allein</translation>
    </message>
    <message>
        <source>the desktop&apos;s portal</source>
        <translation>das Portal des Desktops</translation>
    </message>
</context>
<context>
    <name>HotkeyField</name>
    <message>
        <source>None: click, then press a key</source>
        <translation>Keine: klicken, dann Taste drücken</translation>
    </message>
    <message>
        <source>Press a key…</source>
        <translation>Taste drücken …</translation>
    </message>
</context>
<context>
    <name>ImportPanel</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Each of them is a program that runs as you. Tick those you trust.</source>
        <translation>Jeder ist ein Programm, das mit Ihren Rechten läuft. Wählen Sie die, denen Sie vertrauen.</translation>
    </message>
    <message>
        <source>It is too long to be read here: add it by hand.</source>
        <translation>Das ist zu lang, um es hier zu lesen: Fügen Sie es von Hand hinzu.</translation>
    </message>
    <message>
        <source>Servers of other programs</source>
        <translation>Server anderer Programme</translation>
    </message>
    <message>
        <source>Take over the ticked ones</source>
        <translation>Ausgewählte übernehmen</translation>
    </message>
</context>
<context>
    <name>InstructionsField</name>
    <message>
        <source>Start with</source>
        <translation>Beginnen mit</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>Eigene</translation>
    </message>
</context>
<context>
    <name>Invitation</name>
    <message>
        <source>Connect and speak.</source>
        <translation>Verbinden und sprechen.</translation>
    </message>
    <message>
        <source>Connect, hold {0} and speak.</source>
        <translation>Verbinden, {0} halten und sprechen.</translation>
    </message>
    <message>
        <source>Hold {0} and speak.</source>
        <translation>{0} halten und sprechen.</translation>
    </message>
    <message>
        <source>Speak whenever you like.</source>
        <translation>Sprechen Sie, wann Sie möchten.</translation>
    </message>
    <message>
        <source>What you and the assistant say appears here.</source>
        <translation>Was Sie und der Assistent sagen, erscheint hier.</translation>
    </message>
</context>
<context>
    <name>JsonTree</name>
    <message>
        <source>({0} bytes)</source>
        <translation>({0} Bytes)</translation>
    </message>
    <message>
        <source>({0} characters)</source>
        <translation>({0} Zeichen)</translation>
    </message>
    <message>
        <source>Copy as JSON</source>
        <translation>Als JSON kopieren</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find in {0}</source>
        <translation>Suchen: {0}</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>Voriger Treffer</translation>
    </message>
    <message>
        <source>Type what to find</source>
        <translation>Geben Sie ein, was gesucht wird</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>nicht gefunden</translation>
    </message>
    <message>
        <source>searching</source>
        <translation>wird gesucht</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
</context>
<context>
    <name>JsonView</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy as JSON</source>
        <translation>Als JSON kopieren</translation>
    </message>
</context>
<context>
    <name>KeyField</name>
    <message>
        <source> It ends in {0}.</source>
        <translation> Er endet auf {0}.</translation>
    </message>
    <message>
        <source>A key is stored in this system&apos;s keychain.{0}</source>
        <translation>Ein Schlüssel liegt im Schlüsselbund dieses Systems.{0}</translation>
    </message>
    <message>
        <source>Check and save</source>
        <translation>Prüfen und speichern</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Create a key on platform.opper.ai</source>
        <translation>Schlüssel auf platform.opper.ai erstellen</translation>
    </message>
    <message>
        <source>Hide the key</source>
        <translation>Schlüssel verbergen</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Keys are created per project on {0}.</source>
        <translation>Schlüssel werden pro Projekt auf {0} erstellt.</translation>
    </message>
    <message>
        <source>No key yet: only the offline demo answers.{0}</source>
        <translation>Noch kein Schlüssel: Nur die Offline-Demo antwortet.{0}</translation>
    </message>
    <message>
        <source>Paste a key</source>
        <translation>Schlüssel einfügen</translation>
    </message>
    <message>
        <source>Paste a key first</source>
        <translation>Fügen Sie zuerst einen Schlüssel ein</translation>
    </message>
    <message>
        <source>Remove key</source>
        <translation>Schlüssel entfernen</translation>
    </message>
    <message>
        <source>Removing…</source>
        <translation>Wird entfernt …</translation>
    </message>
    <message>
        <source>Save unchecked</source>
        <translation>Ungeprüft speichern</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>Set by OPPER_API_KEY</source>
        <translation>Durch OPPER_API_KEY gesetzt</translation>
    </message>
    <message>
        <source>Show the key</source>
        <translation>Schlüssel anzeigen</translation>
    </message>
    <message>
        <source>Spaces and line breaks were removed.</source>
        <translation>Leerzeichen und Zeilenumbrüche wurden entfernt.</translation>
    </message>
    <message>
        <source>The key from OPPER_API_KEY is in use.{0} To use one from here, unset the variable and restart.</source>
        <translation>Der Schlüssel aus OPPER_API_KEY wird benutzt.{0} Um einen von hier zu benutzen, entfernen Sie die Variable und starten Sie neu.</translation>
    </message>
    <message>
        <source>The key from the Opper CLI&apos;s sign-in is in use.{0} A key saved here takes precedence.</source>
        <translation>Der Schlüssel aus der Anmeldung der Opper-CLI wird benutzt.{0} Ein hier gespeicherter hat Vorrang.</translation>
    </message>
    <message>
        <source>This contains characters that aren&apos;t allowed in a key. Copy the key again.</source>
        <translation>Das enthält Zeichen, die in einem Schlüssel nicht vorkommen. Kopieren Sie den Schlüssel noch einmal.</translation>
    </message>
    <message>
        <source>This is a management key (opmak-…): it creates projects, and sessions refuse it. Open your project on platform.opper.ai and create a runtime key there.</source>
        <translation>Das ist ein Verwaltungsschlüssel (opmak-…): Er legt Projekte an, und Sitzungen lehnen ihn ab. Öffnen Sie Ihr Projekt auf platform.opper.ai, und erstellen Sie dort einen Laufzeitschlüssel.</translation>
    </message>
    <message>
        <source>This is too long to be a key. Copy only the key.</source>
        <translation>Das ist zu lang für einen Schlüssel. Kopieren Sie nur den Schlüssel.</translation>
    </message>
    <message>
        <source>Your organisation&apos;s tickets give access to the service: no key is needed.{0}</source>
        <translation>Die Tickets Ihrer Organisation geben Zugang zum Dienst: Ein Schlüssel ist nicht nötig.{0}</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Connect or disconnect</source>
        <translation>Verbinden oder trennen</translation>
    </message>
    <message>
        <source>Earlier conversations</source>
        <translation>Frühere Gespräche</translation>
    </message>
    <message>
        <source>Export the conversation</source>
        <translation>Gespräch exportieren</translation>
    </message>
    <message>
        <source>Find in the conversation</source>
        <translation>Im Gespräch suchen</translation>
    </message>
    <message>
        <source>Half of the window for the panes; a window of their own</source>
        <translation>Seitenleiste: halbe Fensterbreite; eigenes Fenster</translation>
    </message>
    <message>
        <source>Hold to talk, release to send; during an answer: interrupt</source>
        <translation>Zum Sprechen halten, zum Senden loslassen; während einer Antwort: unterbrechen</translation>
    </message>
    <message>
        <source>In a pane: back to the list; the one before, the one after</source>
        <translation>In der Seitenleiste: zurück zur Liste; voriger, nächster Eintrag</translation>
    </message>
    <message>
        <source>In a text field, {0} types a space; in a dialog, it works the control with the focus. {1} presses the focused button.</source>
        <translation>In Textfeldern schreibt die {0} ein Leerzeichen, in Dialogen bedient sie das fokussierte Element. {1} drückt die fokussierte Schaltfläche.</translation>
    </message>
    <message>
        <source>In the text line: send the text</source>
        <translation>In der Textzeile: den Text senden</translation>
    </message>
    <message>
        <source>In the window</source>
        <translation>Im Fenster</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Larger, smaller and normal text</source>
        <translation>Größerer, kleinerer und normaler Text</translation>
    </message>
    <message>
        <source>Mute the microphone</source>
        <translation>Mikrofon stummschalten</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Next and previous match</source>
        <translation>Nächster und voriger Treffer</translation>
    </message>
    <message>
        <source>On a bubble: copy, play, edit and send again</source>
        <translation>Auf einer Sprechblase: kopieren, abspielen, ändern und noch einmal senden</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Show or hide the panes; open the menu</source>
        <translation>Seitenleiste ein- oder ausblenden; Menü öffnen</translation>
    </message>
    <message>
        <source>Talking</source>
        <translation>Sprechen</translation>
    </message>
    <message>
        <source>Tap twice: lock the microphone open; tap again to send</source>
        <translation>Zweimal tippen: Mikrofon bleibt offen; noch einmal tippen zum Senden</translation>
    </message>
    <message>
        <source>There: begin another line; in the empty line: what was sent before</source>
        <translation>Dort: neue Zeile beginnen; in der leeren Zeile: zuvor Gesendetes</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>Diese Liste</translation>
    </message>
    <message>
        <source>When a tool waits for you: let this call run, or don&apos;t</source>
        <translation>Wenn ein Werkzeug auf Sie wartet: diesen Aufruf ausführen oder nicht</translation>
    </message>
    <message>
        <source>While listening: discard what you said. During an answer: stop it</source>
        <translation>Beim Zuhören: Gesagtes verwerfen. Während einer Antwort: stoppen</translation>
    </message>
</context>
<context>
    <name>KeysPage</name>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>For a cough in a hands-free talk.</source>
        <translation>Für ein Husten beim Freisprechen.</translation>
    </message>
    <message>
        <source>Hold it, or tap it twice. Pedals work too.</source>
        <translation>Halten oder zweimal antippen. Auch Pedale gehen.</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Like {0} in the window: discards what you say, or silences the answer.</source>
        <translation>Wie {0} im Fenster: verwirft, was Sie sagen, oder bringt die Antwort zum Schweigen.</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Mute while held</source>
        <translation>Stumm, solange gehalten</translation>
    </message>
    <message>
        <source>Mutes the microphone, or lets it be heard again.</source>
        <translation>Schaltet das Mikrofon stumm oder wieder ein.</translation>
    </message>
    <message>
        <source>Talk</source>
        <translation>Sprechen</translation>
    </message>
    <message>
        <source>These keys work in all programs, even if Presstalk is hidden. In its window {0} talks too.</source>
        <translation>Diese Tasten gehen in allen Programmen, auch wenn Presstalk verborgen ist. In seinem Fenster spricht man auch mit {0}.</translation>
    </message>
</context>
<context>
    <name>LevelMeter</name>
    <message>
        <source>clipping</source>
        <translation>übersteuert</translation>
    </message>
</context>
<context>
    <name>LevelRow</name>
    <message>
        <source>Level</source>
        <translation>Pegel</translation>
    </message>
</context>
<context>
    <name>MainMenu</name>
    <message>
        <source>About Presstalk</source>
        <translation>Über Presstalk</translation>
    </message>
    <message>
        <source>Audio doctor…</source>
        <translation>Audio-Doktor …</translation>
    </message>
    <message>
        <source>Export conversation…</source>
        <translation>Gespräch exportieren …</translation>
    </message>
    <message>
        <source>Export times…</source>
        <translation>Zeiten exportieren …</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>Verlauf …</translation>
    </message>
    <message>
        <source>It is this size already</source>
        <translation>Er hat diese Größe schon</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>Größerer Text</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Normal text size</source>
        <translation>Normale Textgröße</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Record sound</source>
        <translation>Ton aufnehmen</translation>
    </message>
    <message>
        <source>Recording was asked for when Presstalk was started</source>
        <translation>Die Aufnahme wurde beim Start von Presstalk verlangt</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen …</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>Kleinerer Text</translation>
    </message>
    <message>
        <source>Strip that stays on top</source>
        <translation>Leiste, die im Vordergrund bleibt</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Show or hide the panes</source>
        <translation>Seitenleiste ein- oder ausblenden</translation>
    </message>
</context>
<context>
    <name>MasterDetail</name>
    <message>
        <source>Back to the list</source>
        <translation>Zurück zur Liste</translation>
    </message>
    <message>
        <source>The one after</source>
        <translation>Nächster Eintrag</translation>
    </message>
    <message>
        <source>The one before</source>
        <translation>Voriger Eintrag</translation>
    </message>
    <message>
        <source>This is the first one</source>
        <translation>Das ist der erste Eintrag</translation>
    </message>
    <message>
        <source>This is the last one</source>
        <translation>Das ist der letzte Eintrag</translation>
    </message>
</context>
<context>
    <name>MicrophoneColumn</name>
    <message>
        <source>Clipping</source>
        <translation>Übersteuert</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Microphone level</source>
        <translation>Pegel des Mikrofons</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stummschalten</translation>
    </message>
    <message>
        <source>Mute the microphone</source>
        <translation>Mikrofon stummschalten</translation>
    </message>
    <message>
        <source>Muted</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Muted: nobody hears you. Press to be heard again</source>
        <translation>Stumm: Niemand hört Sie. Drücken, um wieder gehört zu werden</translation>
    </message>
    <message>
        <source>None of it is sent; pressing the talk key ends it</source>
        <translation>Nichts davon wird gesendet; die Sprechtaste beendet ihn</translation>
    </message>
    <message>
        <source>Playing back…</source>
        <translation>Wiedergabe …</translation>
    </message>
    <message>
        <source>Say something…</source>
        <translation>Sprechen Sie …</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop the microphone test (playing back)</source>
        <translation>Mikrofontest beenden (Wiedergabe läuft)</translation>
    </message>
    <message>
        <source>Stop the microphone test (recording)</source>
        <translation>Mikrofontest beenden (Aufnahme läuft)</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Test the microphone: it records you, then plays the recording</source>
        <translation>Mikrofon testen: Es nimmt Sie auf und spielt die Aufnahme ab</translation>
    </message>
    <message>
        <source>Too quiet</source>
        <translation>Zu leise</translation>
    </message>
</context>
<context>
    <name>MicrophoneRow</name>
    <message>
        <source>Microphone level with its gain</source>
        <translation>Mikrofonpegel mit Verstärkung</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop the microphone test</source>
        <translation>Mikrofontest beenden</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Test the microphone: it records you, then plays the recording</source>
        <translation>Mikrofon testen: Es nimmt Sie auf und spielt die Aufnahme ab</translation>
    </message>
</context>
<context>
    <name>ModelBox</name>
    <message>
        <source>Search the models</source>
        <translation>Modelle durchsuchen</translation>
    </message>
    <message>
        <source>Search: name, provider, tools …</source>
        <translation>Suche: Name, Anbieter, Werkzeuge …</translation>
    </message>
</context>
<context>
    <name>ModelWords</name>
    <message>
        <source>Agent</source>
        <translation>Agent</translation>
    </message>
    <message>
        <source>By the agent {0}</source>
        <translation>Nach Agent {0}</translation>
    </message>
    <message>
        <source>It will be retired on {0}.</source>
        <translation>Es wird am {0} eingestellt.</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>Auf diesem Computer</translation>
    </message>
    <message>
        <source>Other providers</source>
        <translation>Andere Anbieter</translation>
    </message>
    <message>
        <source>Price: {0}</source>
        <translation>Preis: {0}</translation>
    </message>
    <message>
        <source>Region: {0}</source>
        <translation>Region: {0}</translation>
    </message>
    <message>
        <source>The agent decides what you don&apos;t choose: its model, its voice, how turns are taken.</source>
        <translation>Der Agent bestimmt, was Sie nicht wählen: sein Modell, seine Stimme und wer wann spricht.</translation>
    </message>
    <message>
        <source>The provider has retired this model.</source>
        <translation>Der Anbieter hat dieses Modell eingestellt.</translation>
    </message>
    <message>
        <source>The provider has retired this model. Its successor: {0}</source>
        <translation>Der Anbieter hat dieses Modell eingestellt. Sein Nachfolger: {0}</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>translates</source>
        <translation>übersetzt</translation>
    </message>
    <message>
        <source>{0} (retired)</source>
        <translation>{0} (eingestellt)</translation>
    </message>
</context>
<context>
    <name>ModelsModel</name>
    <message>
        <source>Refresh the list</source>
        <translation>Liste aktualisieren</translation>
    </message>
</context>
<context>
    <name>NoteAction</name>
    <message>
        <source>Add a key</source>
        <translation>Schlüssel hinzufügen</translation>
    </message>
    <message>
        <source>Change key</source>
        <translation>Schlüssel ändern</translation>
    </message>
    <message>
        <source>Check address</source>
        <translation>Adresse prüfen</translation>
    </message>
    <message>
        <source>Choose model</source>
        <translation>Modell wählen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Reconnect</source>
        <translation>Neu verbinden</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>Anzeigen</translation>
    </message>
    <message>
        <source>Top up</source>
        <translation>Aufladen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Trying earlier won&apos;t help</source>
        <translation>Früher hilft es nicht</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Use its successor</source>
        <translation>Nachfolger verwenden</translation>
    </message>
    <message>
        <source>{0} in {1} s</source>
        <translation>{0} in {1} s</translation>
    </message>
</context>
<context>
    <name>NoteLine</name>
    <message>
        <source>Reconnecting: attempt {0}</source>
        <translation>Verbindet neu: Versuch {0}</translation>
    </message>
    <message>
        <source>Reconnecting: attempt {0} in {1} s</source>
        <translation>Verbindet neu: Versuch {0} in {1} s</translation>
    </message>
    <message>
        <source>Sending: {0} s of speech left</source>
        <translation>Sende: noch {0} s Gesprochenes</translation>
    </message>
</context>
<context>
    <name>OptionsButton</name>
    <message>
        <source>By the agent</source>
        <translation>Wie der Agent</translation>
    </message>
    <message>
        <source>Hands-free</source>
        <translation>Freisprechen</translation>
    </message>
    <message>
        <source>Hands-free: a pause ends your turn</source>
        <translation>Freisprechen: Eine Pause beendet Ihren Beitrag</translation>
    </message>
    <message>
        <source>Hands-free: the end of a thought ends your turn</source>
        <translation>Freisprechen: Das Ende eines Gedankens beendet Ihren Beitrag</translation>
    </message>
    <message>
        <source>Model default</source>
        <translation>Standard des Modells</translation>
    </message>
    <message>
        <source>Model default: {0}</source>
        <translation>Standard des Modells: {0}</translation>
    </message>
    <message>
        <source>Nothing is sent unless you hold the talk key.</source>
        <translation>Ohne gedrückte Sprechtaste wird nichts gesendet.</translation>
    </message>
    <message>
        <source>Push to talk</source>
        <translation>Auf Tastendruck</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation>Denkaufwand</translation>
    </message>
    <message>
        <source>Reasoning effort: {0}</source>
        <translation>Denkaufwand: {0}</translation>
    </message>
    <message>
        <source>The microphone is sent continuously; the talk key mutes it.</source>
        <translation>Das Mikrofon wird durchgehend gesendet; die Sprechtaste schaltet es stumm.</translation>
    </message>
    <message>
        <source>Turn taking</source>
        <translation>Sprecherwechsel</translation>
    </message>
    <message>
        <source>Turn taking: {0}</source>
        <translation>Sprecherwechsel: {0}</translation>
    </message>
    <message>
        <source>high</source>
        <translation>hoch</translation>
    </message>
    <message>
        <source>low</source>
        <translation>niedrig</translation>
    </message>
    <message>
        <source>medium</source>
        <translation>mittel</translation>
    </message>
    <message>
        <source>minimal</source>
        <translation>minimal</translation>
    </message>
    <message>
        <source>very high</source>
        <translation>sehr hoch</translation>
    </message>
</context>
<context>
    <name>PanePlaces</name>
    <message>
        <source>Half of the window</source>
        <translation>Halbe Fensterbreite</translation>
    </message>
    <message>
        <source>In a window of their own</source>
        <translation>In einem eigenen Fenster</translation>
    </message>
    <message>
        <source>Show the panes</source>
        <translation>Seitenleiste anzeigen</translation>
    </message>
    <message>
        <source>The panes are in a window of their own</source>
        <translation>Die Seitenleiste ist in einem eigenen Fenster</translation>
    </message>
</context>
<context>
    <name>PartWords</name>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Interruption</source>
        <translation>Unterbrechung</translation>
    </message>
    <message>
        <source>Leading silence</source>
        <translation>Stille am Anfang</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Prebuffer</source>
        <translation>Vorpuffer</translation>
    </message>
    <message>
        <source>Program&apos;s share</source>
        <translation>Anteil Programm</translation>
    </message>
    <message>
        <source>Resample, packet</source>
        <translation>Umrechnen, Paket</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Dienst</translation>
    </message>
    <message>
        <source>Service&apos;s share</source>
        <translation>Anteil Dienst</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>Socket</translation>
    </message>
    <message>
        <source>Tail</source>
        <translation>Nachlauf</translation>
    </message>
    <message>
        <source>Until audible</source>
        <translation>Bis hörbar</translation>
    </message>
</context>
<context>
    <name>PartsTable</name>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>The server decided when the speech ended.</source>
        <translation>Wann das Sprechen endete, hat der Server bestimmt.</translation>
    </message>
    <message>
        <source>The speaker doesn&apos;t report its delay.</source>
        <translation>Der Lautsprecher meldet seine Verzögerung nicht.</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Beitrag</translation>
    </message>
    <message>
        <source>Turn {0}</source>
        <translation>Beitrag {0}</translation>
    </message>
    <message>
        <source>Turns of this model</source>
        <translation>Beiträge dieses Modells</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>{0} of silence in the answer</source>
        <translation>{0} Stille in der Antwort</translation>
    </message>
    <message>
        <source>{0} stalls, {1}</source>
        <translation>{0} Stockungen, {1}</translation>
    </message>
    <message>
        <source>{0} together: {1}</source>
        <translation>{0} zusammen: {1}</translation>
    </message>
    <message>
        <source>{0} words a minute</source>
        <translation>{0} Wörter je Minute</translation>
    </message>
</context>
<context>
    <name>PictureButton</name>
    <message>
        <source>From a file…</source>
        <translation>Aus einer Datei …</translation>
    </message>
    <message>
        <source>From the clipboard</source>
        <translation>Aus der Zwischenablage</translation>
    </message>
    <message>
        <source>Pictures ({0})</source>
        <translation>Bilder ({0})</translation>
    </message>
    <message>
        <source>Show a picture</source>
        <translation>Bild zeigen</translation>
    </message>
    <message>
        <source>The whole screen</source>
        <translation>Der ganze Bildschirm</translation>
    </message>
</context>
<context>
    <name>Presets</name>
    <message>
        <source>Friendly assistant</source>
        <translation>Freundlicher Assistent</translation>
    </message>
    <message>
        <source>Interpreter</source>
        <translation>Dolmetscher</translation>
    </message>
    <message>
        <source>Language partner</source>
        <translation>Sprachpartner</translation>
    </message>
    <message>
        <source>Short and factual</source>
        <translation>Kurz und sachlich</translation>
    </message>
    <message>
        <source>Sounding board</source>
        <translation>Gesprächspartner zum Mitdenken</translation>
    </message>
</context>
<context>
    <name>QuestionBar</name>
    <message>
        <source>Allow</source>
        <translation>Erlauben</translation>
    </message>
    <message>
        <source>Allow once</source>
        <translation>Einmal erlauben</translation>
    </message>
    <message>
        <source>Deny all {0}</source>
        <translation>Alle {0} ablehnen</translation>
    </message>
    <message>
        <source>Don&apos;t allow</source>
        <translation>Nicht erlauben</translation>
    </message>
    <message>
        <source>One moment: read the question first</source>
        <translation>Einen Moment: Lesen Sie zuerst die Frage</translation>
    </message>
</context>
<context>
    <name>RecordingStrip</name>
    <message>
        <source>Recording sound</source>
        <translation>Ton wird aufgenommen</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>Aufnahme beenden</translation>
    </message>
</context>
<context>
    <name>RecoveryStrip</name>
    <message>
        <source>Show it</source>
        <translation>Anzeigen</translation>
    </message>
    <message>
        <source>The last conversation was cut short. Show it?</source>
        <translation>Das letzte Gespräch wurde abgebrochen. Anzeigen?</translation>
    </message>
</context>
<context>
    <name>ResetBar</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Everything on these pages is back to its default. You can undo that until you change one of these settings or quit Presstalk.</source>
        <translation>Alles auf diesen Seiten steht wieder auf dem Standard. Sie können das rückgängig machen, bis Sie eine dieser Einstellungen ändern oder Presstalk beenden.</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alles zurücksetzen</translation>
    </message>
    <message>
        <source>Reset everything on these pages to its default: address and tickets, your instructions, the turns, the devices and sounds, the look, the language, and what is kept and where?
The key, the models and voices you chose in the window, and your conversations stay.</source>
        <translation>Alles auf diesen Seiten auf den Standard zurücksetzen: Adresse und Tickets, Ihre Anweisungen, das Gesprächsverhalten, Geräte und Töne, Aussehen, Sprache, und was wo aufbewahrt wird?
Der Schlüssel, die im Fenster gewählten Modelle und Stimmen und Ihre Gespräche bleiben.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>RestartStrip</name>
    <message>
        <source>A different effort needs a new session; the conversation continues.</source>
        <translation>Ein anderer Denkaufwand braucht eine neue Sitzung; das Gespräch geht weiter.</translation>
    </message>
    <message>
        <source>A different language needs a new session.</source>
        <translation>Eine andere Sprache braucht eine neue Sitzung.</translation>
    </message>
    <message>
        <source>Opens a new session. What was said so far is carried over.</source>
        <translation>Öffnet eine neue Sitzung. Das bisher Gesagte wird übernommen.</translation>
    </message>
    <message>
        <source>Restart and continue</source>
        <translation>Neu starten und weiter</translation>
    </message>
    <message>
        <source>The voice {0} needs a new session; the conversation continues.</source>
        <translation>Die Stimme {0} braucht eine neue Sitzung; das Gespräch geht weiter.</translation>
    </message>
    <message>
        <source>This kind of turn taking needs a new session; the conversation continues.</source>
        <translation>Diese Art des Sprecherwechsels braucht eine neue Sitzung; das Gespräch geht weiter.</translation>
    </message>
    <message>
        <source>Your change needs a new session; the conversation continues.</source>
        <translation>Ihre Änderung braucht eine neue Sitzung; das Gespräch geht weiter.</translation>
    </message>
    <message>
        <source>{0} needs a new session; the conversation continues.</source>
        <translation>{0} braucht eine neue Sitzung; das Gespräch geht weiter.</translation>
    </message>
</context>
<context>
    <name>RunningAlreadyDialog</name>
    <message>
        <source>Another Presstalk uses the same settings, and it can&apos;t be reached from here.</source>
        <translation>Ein anderes Presstalk benutzt dieselben Einstellungen, und es ist von hier aus nicht zu erreichen.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>End it and start again</source>
        <translation>Beenden und neu starten</translation>
    </message>
    <message>
        <source>It may only be busy: wait a moment and try again. If you end it, what was said last may be lost; conversations are kept.</source>
        <translation>Vielleicht ist es nur beschäftigt: Warten Sie einen Moment, und versuchen Sie es noch einmal. Wenn Sie es beenden, kann das zuletzt Gesagte verloren gehen; Gespräche bleiben erhalten.</translation>
    </message>
    <message>
        <source>It may run on another computer or in a container, or hang. Close it there, and this one starts by itself. If you start anyway, settings changed in one can be lost in the other.</source>
        <translation>Vielleicht läuft es auf einem anderen Computer oder in einem Container, oder es hängt. Schließen Sie es dort, dann startet dieses von selbst. Wenn Sie trotzdem starten, können Einstellungen, die Sie im einen ändern, im anderen verloren gehen.</translation>
    </message>
    <message>
        <source>Presstalk is already running</source>
        <translation>Presstalk läuft schon</translation>
    </message>
    <message>
        <source>Presstalk is already running, but its window doesn&apos;t respond.</source>
        <translation>Presstalk läuft schon, aber sein Fenster reagiert nicht.</translation>
    </message>
    <message>
        <source>Start anyway</source>
        <translation>Trotzdem starten</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Wait a moment and try again, or end it in your system&apos;s list of programs.</source>
        <translation>Warten Sie einen Moment, und versuchen Sie es noch einmal, oder beenden Sie es in der Programmliste Ihres Systems.</translation>
    </message>
</context>
<context>
    <name>SaveConversationDialog</name>
    <message>
        <source>Export conversation</source>
        <translation>Gespräch exportieren</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Plain text (*.txt)</source>
        <translation>Nur Text (*.txt)</translation>
    </message>
    <message>
        <source>Subtitles (*.srt)</source>
        <translation>Untertitel (*.srt)</translation>
    </message>
</context>
<context>
    <name>SaveTimesDialog</name>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>Export times</source>
        <translation>Zeiten exportieren</translation>
    </message>
    <message>
        <source>OpenTelemetry, OTLP lines (*.jsonl)</source>
        <translation>OpenTelemetry, OTLP-Zeilen (*.jsonl)</translation>
    </message>
    <message>
        <source>Trace for Perfetto and Chrome (*.json)</source>
        <translation>Trace für Perfetto und Chrome (*.json)</translation>
    </message>
</context>
<context>
    <name>ServerEditor</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Command, or address that begins with https://</source>
        <translation>Befehl oder Adresse, die mit https:// beginnt</translation>
    </message>
    <message>
        <source>For a secret write ${keychain:NAME} or ${VARIABLE}. The server runs as you.</source>
        <translation>Für ein Geheimnis schreiben Sie ${keychain:NAME} oder ${VARIABLE}. Der Server läuft mit Ihren Rechten.</translation>
    </message>
    <message>
        <source>Give the server a name, and a command or an address</source>
        <translation>Geben Sie dem Server einen Namen und einen Befehl oder eine Adresse</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Save server</source>
        <translation>Server speichern</translation>
    </message>
    <message>
        <source>Variables (NAME=value) or headers (Name: value), one per line</source>
        <translation>Variablen (NAME=Wert) oder Header (Name: Wert), je Zeile eine Angabe</translation>
    </message>
</context>
<context>
    <name>SessionBar</name>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>End the session</source>
        <translation>Sitzung beenden</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>Sitzung öffnen</translation>
    </message>
    <message>
        <source>Translate into</source>
        <translation>Übersetzen in</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Stimme</translation>
    </message>
</context>
<context>
    <name>SessionClock</name>
    <message>
        <source>Session time: {0}</source>
        <translation>Dauer der Sitzung: {0}</translation>
    </message>
    <message>
        <source>Since the session opened.</source>
        <translation>Seit dem Beginn der Sitzung.</translation>
    </message>
    <message>
        <source>{0} It renews in the next pause; the conversation continues.</source>
        <translation>{0} Sie wird in der nächsten Pause erneuert; das Gespräch geht weiter.</translation>
    </message>
    <message>
        <source>{0} It renews in {1}, during a pause; the conversation continues.</source>
        <translation>{0} Sie wird in {1} in einer Pause erneuert; das Gespräch geht weiter.</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>Reset {0} to the default</source>
        <translation>{0} auf den Standard zurücksetzen</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Leave the name and password out of the address.</source>
        <translation>Lassen Sie Namen und Passwort in der Adresse weg.</translation>
    </message>
    <message>
        <source>The address must begin with https://, or others can read the key.</source>
        <translation>Die Adresse muss mit https:// beginnen, sonst lässt sich der Schlüssel mitlesen.</translation>
    </message>
    <message>
        <source>This can&apos;t be a name. Copy it from the platform.</source>
        <translation>Das kann kein Name sein. Kopieren Sie ihn von der Plattform.</translation>
    </message>
    <message>
        <source>This isn&apos;t a valid address. Example: https://api.opper.ai.</source>
        <translation>Das ist keine gültige Adresse. Beispiel: https://api.opper.ai.</translation>
    </message>
    <message>
        <source>This key can&apos;t be used. Choose another one.</source>
        <translation>Diese Taste geht nicht. Wählen Sie eine andere.</translation>
    </message>
    <message>
        <source>This key is needed for writing. Choose a combination of keys.</source>
        <translation>Diese Taste wird zum Schreiben gebraucht. Wählen Sie eine Tastenkombination.</translation>
    </message>
    <message>
        <source>This text is too long. Shorten it to apply it.</source>
        <translation>Dieser Text ist zu lang. Kürzen Sie ihn, damit er übernommen wird.</translation>
    </message>
    <message>
        <source>This value can&apos;t be used.</source>
        <translation>Dieser Wert lässt sich nicht übernehmen.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Export settings, without the key</source>
        <translation>Einstellungen exportieren, ohne den Schlüssel</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Import settings</source>
        <translation>Einstellungen importieren</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren …</translation>
    </message>
    <message>
        <source>Only on Linux, with PulseAudio or PipeWire.</source>
        <translation>Nur unter Linux, mit PulseAudio oder PipeWire.</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Presstalk settings.json</source>
        <translation>Presstalk-Einstellungen.json</translation>
    </message>
    <message>
        <source>Reset all…</source>
        <translation>Alles zurücksetzen …</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Settings (*.json)</source>
        <translation>Einstellungen (*.json)</translation>
    </message>
</context>
<context>
    <name>SettingsDialogController</name>
    <message>
        <source>Set by {0}.</source>
        <translation>Durch {0} festgelegt.</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Panes</source>
        <translation>Seitenleiste</translation>
    </message>
    <message>
        <source>Place of the panes</source>
        <translation>Platz der Seitenleiste</translation>
    </message>
    <message>
        <source>Timing</source>
        <translation>Zeiten</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
</context>
<context>
    <name>SideWindow</name>
    <message>
        <source>Panes - {0}</source>
        <translation>Seitenleiste - {0}</translation>
    </message>
</context>
<context>
    <name>SignInPanel</name>
    <message>
        <source>Cancel sign-in</source>
        <translation>Anmeldung abbrechen</translation>
    </message>
    <message>
        <source>Code: {0}</source>
        <translation>Code: {0}</translation>
    </message>
    <message>
        <source>Compare or enter this code on the page at {0}.</source>
        <translation>Vergleichen Sie diesen Code auf der Seite {0}, oder geben Sie ihn dort ein.</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>Code kopieren</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>Requesting a code…</source>
        <translation>Code wird angefordert …</translation>
    </message>
    <message>
        <source>Sign in with the browser</source>
        <translation>Im Browser anmelden</translation>
    </message>
</context>
<context>
    <name>SoundPage</name>
    <message>
        <source> dB</source>
        <translation> dB</translation>
    </message>
    <message>
        <source>A short sound when the microphone opens and closes; never recorded.</source>
        <translation>Ein kurzer Ton beim Öffnen und Schließen des Mikrofons; nie in der Aufnahme.</translation>
    </message>
    <message>
        <source>By 20 dB while you or the assistant speak, except calls and screen readers.</source>
        <translation>Um 20 dB, solange Sie oder der Assistent sprechen. Nicht bei Anrufen und Bildschirmlesern.</translation>
    </message>
    <message>
        <source>How loud the assistant is.</source>
        <translation>Wie laut der Assistent spricht.</translation>
    </message>
    <message>
        <source>Lower other programs</source>
        <translation>Andere Programme leiser</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Microphone gain</source>
        <translation>Mikrofonverstärkung</translation>
    </message>
    <message>
        <source>Raise it if you are too quiet. When the meter says clipping, lower it.</source>
        <translation>Erhöhen Sie sie, wenn Sie zu leise sind. Zeigt der Pegel Übersteuerung, senken Sie sie.</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Sounds</source>
        <translation>Signaltöne</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Lautsprecher</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Systemstandard</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Lautstärke</translation>
    </message>
</context>
<context>
    <name>SourceList</name>
    <message>
        <source>Add…</source>
        <translation>Hinzufügen …</translation>
    </message>
    <message>
        <source>Choose a server first</source>
        <translation>Wählen Sie zuerst einen Server</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>Bearbeiten …</translation>
    </message>
    <message>
        <source>MCP servers and functions</source>
        <translation>MCP-Server und Funktionen</translation>
    </message>
    <message>
        <source>Move its secrets to the keychain</source>
        <translation>Seine Geheimnisse in den Schlüsselbund verschieben</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Einschalten</translation>
    </message>
    <message>
        <source>The server is switched off</source>
        <translation>Der Server ist ausgeschaltet</translation>
    </message>
    <message>
        <source>There are none yet. Add a server, or take over those of other programs.</source>
        <translation>Es gibt noch keine. Fügen Sie einen Server hinzu, oder übernehmen Sie die anderer Programme.</translation>
    </message>
</context>
<context>
    <name>SpeakerColumn</name>
    <message>
        <source>Speaker</source>
        <translation>Lautsprecher</translation>
    </message>
    <message>
        <source>Speaker level</source>
        <translation>Pegel des Lautsprechers</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop the speaker test</source>
        <translation>Lautsprechertest beenden</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Test the speaker: three notes at this volume</source>
        <translation>Lautsprecher testen: drei Töne mit dieser Lautstärke</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Lautstärke</translation>
    </message>
    <message>
        <source>Volume {0} %</source>
        <translation>Lautstärke {0} %</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
</context>
<context>
    <name>SpeakerRow</name>
    <message>
        <source>Speaker level</source>
        <translation>Pegel des Lautsprechers</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop the speaker test</source>
        <translation>Lautsprechertest beenden</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Test the speaker: three notes at this volume</source>
        <translation>Lautsprecher testen: drei Töne mit dieser Lautstärke</translation>
    </message>
</context>
<context>
    <name>SpendButton</name>
    <message>
        <source>About what this session has cost: some of it is estimated or has no price of its own</source>
        <translation>Ungefähre Kosten dieser Sitzung: Manches ist geschätzt oder hat keinen eigenen Preis</translation>
    </message>
    <message>
        <source>Before the first turn</source>
        <translation>Vor dem ersten Beitrag</translation>
    </message>
    <message>
        <source>Budget…</source>
        <translation>Budget …</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>Tage</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>Als CSV exportieren …</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Next turn, at least</source>
        <translation>Nächster Beitrag, mindestens</translation>
    </message>
    <message>
        <source>Saved by resting</source>
        <translation>Durch Ruhen gespart</translation>
    </message>
    <message>
        <source>Spent</source>
        <translation>Ausgegeben</translation>
    </message>
    <message>
        <source>Spent in this session: {0}</source>
        <translation>In dieser Sitzung ausgegeben: {0}</translation>
    </message>
    <message>
        <source>This session</source>
        <translation>Diese Sitzung</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Turn {0}</source>
        <translation>Beitrag {0}</translation>
    </message>
    <message>
        <source>Turns</source>
        <translation>Beiträge</translation>
    </message>
    <message>
        <source>What this session costs isn&apos;t known: its model has no price</source>
        <translation>Was diese Sitzung kostet, ist nicht bekannt: Ihr Modell hat keinen Preis</translation>
    </message>
    <message>
        <source>What this session has cost</source>
        <translation>Was diese Sitzung gekostet hat</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
</context>
<context>
    <name>State</name>
    <message>
        <source>Connecting</source>
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Hands-free</source>
        <translation>Freisprechen</translation>
    </message>
    <message>
        <source>Hold to talk</source>
        <translation>Zum Sprechen halten</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>Hört zu</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>Bleibt offen</translation>
    </message>
    <message>
        <source>Muted</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>No microphone</source>
        <translation>Kein Mikrofon</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation>Verbindet neu</translation>
    </message>
    <message>
        <source>Resting</source>
        <translation>Ruht</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>Sendet</translation>
    </message>
    <message>
        <source>Speaking</source>
        <translation>Spricht</translation>
    </message>
    <message>
        <source>Tap to mute</source>
        <translation>Zum Stummschalten tippen</translation>
    </message>
    <message>
        <source>Tap to send</source>
        <translation>Zum Senden tippen</translation>
    </message>
    <message>
        <source>Tap to stop</source>
        <translation>Zum Stoppen tippen</translation>
    </message>
    <message>
        <source>Tap to talk</source>
        <translation>Zum Sprechen tippen</translation>
    </message>
    <message>
        <source>Tap to wake</source>
        <translation>Zum Wecken tippen</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>Denkt nach</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>Werkzeug</translation>
    </message>
</context>
<context>
    <name>StatusChip</name>
    <message>
        <source>State: {0}</source>
        <translation>Zustand: {0}</translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
</context>
<context>
    <name>TalkButton</name>
    <message>
        <source>Hold to talk, or hold {0}</source>
        <translation>Zum Sprechen halten, oder {0} halten</translation>
    </message>
    <message>
        <source>Talk: {0}</source>
        <translation>Sprechen: {0}</translation>
    </message>
    <message>
        <source>Tap, or press {0}, to mute the microphone or stop the answer</source>
        <translation>Tippen oder {0}: schaltet das Mikrofon stumm oder stoppt die Antwort</translation>
    </message>
</context>
<context>
    <name>TalkStrip</name>
    <message>
        <source>Close the strip</source>
        <translation>Leiste schließen</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Presstalk, small</source>
        <translation>Presstalk, klein</translation>
    </message>
    <message>
        <source>Show the window</source>
        <translation>Fenster anzeigen</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Lautsprecher</translation>
    </message>
</context>
<context>
    <name>TalkingPage</name>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>A shorter sound only lowers the answer for a moment. 0: the service decides.</source>
        <translation>Ein kürzeres Geräusch macht die Antwort nur kurz leiser. 0: Der Dienst entscheidet.</translation>
    </message>
    <message>
        <source>After releasing</source>
        <translation>Nach dem Loslassen</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>Before pressing</source>
        <translation>Vor dem Drücken</translation>
    </message>
    <message>
        <source>Before speech</source>
        <translation>Vor dem Sprechen</translation>
    </message>
    <message>
        <source>Cancel echo</source>
        <translation>Echo unterdrücken</translation>
    </message>
    <message>
        <source>Double tap to lock</source>
        <translation>Doppeltippen hält offen</translation>
    </message>
    <message>
        <source>Except with a headset</source>
        <translation>Außer mit Headset</translation>
    </message>
    <message>
        <source>For a loud fan or street. In a quiet room words get lost. Needs echo cancellation.</source>
        <translation>Bei lautem Lüfter oder Straßenlärm. In einem ruhigen Raum gehen Wörter verloren. Braucht die Echounterdrückung.</translation>
    </message>
    <message>
        <source>Hands-free</source>
        <translation>Freisprechen</translation>
    </message>
    <message>
        <source>Higher values ignore more noise.</source>
        <translation>Höhere Werte überhören mehr Geräusche.</translation>
    </message>
    <message>
        <source>Interrupt after</source>
        <translation>Unterbrechen nach</translation>
    </message>
    <message>
        <source>Keeps listening for so long at most, for the last syllable.</source>
        <translation>Hört höchstens so lange noch zu, für die letzte Silbe.</translation>
    </message>
    <message>
        <source>Longer lets you think; shorter gets a quicker answer.</source>
        <translation>Länger lässt Zeit zum Nachdenken; kürzer bringt schneller eine Antwort.</translation>
    </message>
    <message>
        <source>Longest turn</source>
        <translation>Längster Beitrag</translation>
    </message>
    <message>
        <source>Mute during answers</source>
        <translation>Stumm bei Antworten</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
    <message>
        <source>Otherwise the assistant may answer itself. Never: use headphones, or cancel echo.</source>
        <translation>Sonst antwortet der Assistent womöglich auf sich selbst. Bei „Nie“: Kopfhörer benutzen oder das Echo unterdrücken.</translation>
    </message>
    <message>
        <source>Pause ends a turn</source>
        <translation>Pause beendet Beitrag</translation>
    </message>
    <message>
        <source>Removes the assistant&apos;s voice from what is sent, so that you can interrupt.</source>
        <translation>Entfernt die Stimme des Assistenten aus dem, was gesendet wird, sodass Sie unterbrechen können.</translation>
    </message>
    <message>
        <source>Send at once when silent</source>
        <translation>Bei Stille sofort senden</translation>
    </message>
    <message>
        <source>Speech threshold</source>
        <translation>Sprechschwelle</translation>
    </message>
    <message>
        <source>Suppress noise</source>
        <translation>Rauschen unterdrücken</translation>
    </message>
    <message>
        <source>Talking</source>
        <translation>Sprechen</translation>
    </message>
    <message>
        <source>The microphone stays open until the next tap.</source>
        <translation>Das Mikrofon bleibt bis zum nächsten Tippen offen.</translation>
    </message>
    <message>
        <source>The sound just before is kept, for the first syllable.</source>
        <translation>Der Ton kurz davor wird behalten, für die erste Silbe.</translation>
    </message>
    <message>
        <source>Then it is sent, in case the key is stuck.</source>
        <translation>Dann wird er gesendet, falls die Taste klemmt.</translation>
    </message>
    <message>
        <source>Waits after releasing only while you are still heard.</source>
        <translation>Wartet nach dem Loslassen nur, solange Sie noch zu hören sind.</translation>
    </message>
    <message>
        <source>What you said just before is kept, for the first syllable.</source>
        <translation>Das kurz zuvor Gesagte wird behalten, für die erste Silbe.</translation>
    </message>
    <message>
        <source>Where echo isn&apos;t cancelled</source>
        <translation>Wo das Echo nicht unterdrückt wird</translation>
    </message>
</context>
<context>
    <name>TemperatureField</name>
    <message>
        <source>Set {0}</source>
        <translation>{0} einstellen</translation>
    </message>
    <message>
        <source>Switch it on to choose; until then the model chooses</source>
        <translation>Schalten Sie sie ein, um zu wählen; bis dahin wählt das Modell</translation>
    </message>
</context>
<context>
    <name>TextLine</name>
    <message>
        <source>Message</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Send the text</source>
        <translation>Text senden</translation>
    </message>
    <message>
        <source>This model translates what you say; it can&apos;t read text</source>
        <translation>Dieses Modell übersetzt Gesagtes; Text liest es nicht</translation>
    </message>
    <message>
        <source>Type instead of speaking</source>
        <translation>Schreiben statt sprechen</translation>
    </message>
    <message>
        <source>Type something to send it</source>
        <translation>Geben Sie etwas ein, um es zu senden</translation>
    </message>
</context>
<context>
    <name>TimingModel</name>
    <message>
        <source>Answer complete</source>
        <translation>Antwort vollständig</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>First audio</source>
        <translation>Erster Ton</translation>
    </message>
    <message>
        <source>First packet</source>
        <translation>Erstes Paket</translation>
    </message>
    <message>
        <source>Heard</source>
        <translation>Gehört</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Packet</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>Press</source>
        <translation>Drücken</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Loslassen</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Beitrag</translation>
    </message>
    <message>
        <source>Turn {0}</source>
        <translation>Beitrag {0}</translation>
    </message>
    <message>
        <source>cost {0}</source>
        <translation>Kosten {0}</translation>
    </message>
    <message>
        <source>discarded</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
</context>
<context>
    <name>TimingPane</name>
    <message>
        <source>Export times…</source>
        <translation>Zeiten exportieren …</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Overruns</source>
        <translation>Überläufe</translation>
    </message>
    <message>
        <source>Parts of the wait</source>
        <translation>Teile der Wartezeit</translation>
    </message>
    <message>
        <source>Prebuffer</source>
        <translation>Vorpuffer</translation>
    </message>
    <message>
        <source>Round trip</source>
        <translation>Umlaufzeit</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Lautsprecher</translation>
    </message>
    <message>
        <source>There are no times yet</source>
        <translation>Es gibt noch keine Zeiten</translation>
    </message>
    <message>
        <source>Underruns</source>
        <translation>Unterläufe</translation>
    </message>
    <message>
        <source>{0} kHz</source>
        <translation>{0} kHz</translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation>{0} ms</translation>
    </message>
</context>
<context>
    <name>ToolInspector</name>
    <message>
        <source>Bench: change the tools&apos; results</source>
        <translation>Prüfstand: Ergebnisse der Werkzeuge verändern</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Filter the tool calls</source>
        <translation>Werkzeugaufrufe filtern</translation>
    </message>
    <message>
        <source>No call matches the filter.</source>
        <translation>Kein Aufruf passt zum Filter.</translation>
    </message>
    <message>
        <source>The filter is for the calls</source>
        <translation>Der Filter gilt für die Aufrufe</translation>
    </message>
    <message>
        <source>The tools the assistant uses appear here. Ask what time it is.</source>
        <translation>Die Werkzeuge, die der Assistent benutzt, erscheinen hier. Fragen Sie, wie spät es ist.</translation>
    </message>
    <message>
        <source>This model is given no tools</source>
        <translation>Dieses Modell bekommt keine Werkzeuge</translation>
    </message>
    <message>
        <source>This model uses no tools.</source>
        <translation>Dieses Modell benutzt keine Werkzeuge.</translation>
    </message>
    <message>
        <source>Tools that were sent</source>
        <translation>Gesendete Werkzeuge</translation>
    </message>
</context>
<context>
    <name>ToolList</name>
    <message>
        <source>All tools</source>
        <translation>Alle Werkzeuge</translation>
    </message>
    <message>
        <source>Always allow</source>
        <translation>Immer erlauben</translation>
    </message>
    <message>
        <source>Arguments as JSON</source>
        <translation>Argumente als JSON</translation>
    </message>
    <message>
        <source>Ask each time</source>
        <translation>Jedes Mal fragen</translation>
    </message>
    <message>
        <source>Built-in tools do no harm, or ask you first</source>
        <translation>Eingebaute Werkzeuge schaden nicht oder fragen vorher nach</translation>
    </message>
    <message>
        <source>From {0}</source>
        <translation>Aus {0}</translation>
    </message>
    <message>
        <source>Its server says: {0}. That may be untrue.</source>
        <translation>Sein Server gibt an: {0}. Das muss nicht stimmen.</translation>
    </message>
    <message>
        <source>Left out of its schema for the model: {0}</source>
        <translation>Aus seinem Schema für das Modell weggelassen: {0}</translation>
    </message>
    <message>
        <source>Never allow</source>
        <translation>Nie erlauben</translation>
    </message>
    <message>
        <source>The assistant is given {0} tools.</source>
        <translation>Der Assistent erhält {0} Werkzeuge.</translation>
    </message>
    <message>
        <source>The tool&apos;s arguments</source>
        <translation>Argumente des Werkzeugs</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>Ausprobieren</translation>
    </message>
    <message>
        <source>Whether the tool may run</source>
        <translation>Ob das Werkzeug laufen darf</translation>
    </message>
    <message>
        <source>With more than {0} it often chooses the wrong one.</source>
        <translation>Bei mehr als {0} wählt er oft das falsche.</translation>
    </message>
</context>
<context>
    <name>ToolsPage</name>
    <message>
        <source>All tools</source>
        <translation>Alle Werkzeuge</translation>
    </message>
    <message>
        <source>Make an example function</source>
        <translation>Beispielfunktion anlegen</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Take over from other programs…</source>
        <translation>Von anderen Programmen übernehmen …</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Tools of MCP servers, and functions of your own. They run as you, once you allow it.</source>
        <translation>Werkzeuge von MCP-Servern und eigene Funktionen. Sie laufen mit Ihren Rechten, sobald Sie es erlauben.</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Copy bubble</source>
        <translation>Sprechblase kopieren</translation>
    </message>
    <message>
        <source>Edit and send again</source>
        <translation>Ändern und noch einmal senden</translation>
    </message>
    <message>
        <source>Play again</source>
        <translation>Noch einmal abspielen</translation>
    </message>
    <message>
        <source>Play the rest</source>
        <translation>Rest abspielen</translation>
    </message>
    <message>
        <source>Stop playing</source>
        <translation>Wiedergabe beenden</translation>
    </message>
    <message>
        <source>first {shown} of {all} characters</source>
        <translation>die ersten {shown} von {all} Zeichen</translation>
    </message>
    <message>
        <source>rest not heard</source>
        <translation>Rest nicht gehört</translation>
    </message>
</context>
<context>
    <name>TranscriptModel</name>
    <message>
        <source>Assistant</source>
        <translation>Assistent</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>Werkzeug</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Sie</translation>
    </message>
    <message>
        <source>not heard</source>
        <translation>nicht gehört</translation>
    </message>
</context>
<context>
    <name>TranscriptPane</name>
    <message>
        <source>Jump to latest</source>
        <translation>Zum Ende</translation>
    </message>
</context>
<context>
    <name>TranscriptReader</name>
    <message>
        <source>Copy selection</source>
        <translation>Auswahl kopieren</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>Suchen …</translation>
    </message>
    <message>
        <source>Nothing is selected</source>
        <translation>Nichts ist markiert</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Transcript</source>
        <translation>Mitschrift</translation>
    </message>
</context>
<context>
    <name>TrayIcon</name>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>Letzte Antwort kopieren</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stummschalten</translation>
    </message>
    <message>
        <source>Presstalk isn&apos;t connected</source>
        <translation>Presstalk ist nicht verbunden</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Show window</source>
        <translation>Fenster anzeigen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Strip</source>
        <translation>Leiste</translation>
    </message>
    <message>
        <source>Talk</source>
        <translation>Sprechen</translation>
    </message>
    <message>
        <source>There is no answer yet</source>
        <translation>Es gibt noch keine Antwort</translation>
    </message>
</context>
<context>
    <name>TurnDelegate</name>
    <message>
        <source>discarded</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
</context>
<context>
    <name>TurnList</name>
    <message>
        <source>How long each answer took appears here. Hold to talk, then release.</source>
        <translation>Hier erscheint, wie lange jede Antwort gedauert hat. Zum Sprechen halten und loslassen.</translation>
    </message>
    <message>
        <source>Turn times</source>
        <translation>Zeiten der Beiträge</translation>
    </message>
</context>
<context>
    <name>TurnRuler</name>
    <message>
        <source>Heard after</source>
        <translation>Gehört nach</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
</context>
<context>
    <name>VoiceBox</name>
    <message>
        <source>By the agent</source>
        <translation>Wie der Agent</translation>
    </message>
    <message>
        <source>This model has only one voice</source>
        <translation>Dieses Modell hat nur eine Stimme</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Stimme</translation>
    </message>
</context>
<context>
    <name>VolumeField</name>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
</context>
<context>
    <name>VolumeSlider</name>
    <message>
        <source>Volume</source>
        <translation>Lautstärke</translation>
    </message>
</context>
<context>
    <name>WelcomeStrip</name>
    <message>
        <source>Add a key</source>
        <translation>Schlüssel hinzufügen</translation>
    </message>
    <message>
        <source>This is the offline demo: it speaks English only, answers by simple rules and is not an AI model. Add a key for a real one.</source>
        <translation>Das ist die Offline-Demo: Sie spricht nur Englisch, antwortet nach einfachen Regeln und ist kein KI-Modell. Für ein echtes fügen Sie einen Schlüssel hinzu.</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
</context>
<context>
    <name>_Delegate</name>
    <message>
        <source>by hand</source>
        <translation>von Hand</translation>
    </message>
</context>
<context>
    <name>about-money</name>
    <message>
        <source>≈ {amount}</source>
        <translation>≈ {amount}</translation>
    </message>
</context>
<context>
    <name>after-take</name>
    <message>
        <source>You are still speaking: that follows when you have finished.</source>
        <translation>Sie sprechen noch: Das folgt, sobald Sie fertig sind.</translation>
    </message>
</context>
<context>
    <name>all-gone</name>
    <message>
        <source>There is no microphone and no speaker any more: the sound system may have stopped. Both are used again as soon as they are back; until then you can type.</source>
        <translation>Es gibt weder Mikrofon noch Lautsprecher mehr: Vielleicht läuft das Audiosystem nicht mehr. Sobald sie wieder da sind, werden sie benutzt; bis dahin können Sie tippen.</translation>
    </message>
</context>
<context>
    <name>answer-cancelled</name>
    <message>
        <source>The service stopped the answer. Ask again.</source>
        <translation>Der Dienst hat die Antwort abgebrochen. Fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-cancelled-saying</name>
    <message>
        <source>The service stopped the answer. {words} Ask again.</source>
        <translation>Der Dienst hat die Antwort abgebrochen. {words} Fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-cut-off</name>
    <message>
        <source>The connection dropped before the answer was complete. Press and ask again.</source>
        <translation>Die Verbindung riss ab, bevor die Antwort vollständig war. Drücken Sie, und fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-empty</name>
    <message>
        <source>The answer was empty. Press and say it again.</source>
        <translation>Die Antwort war leer. Drücken Sie und sagen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-failed</name>
    <message>
        <source>The answer failed, and the service didn&apos;t say why. Ask again.</source>
        <translation>Die Antwort ist fehlgeschlagen, und der Dienst sagt nicht, warum. Fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-failed-saying</name>
    <message>
        <source>The answer failed. {words} Ask again.</source>
        <translation>Die Antwort ist fehlgeschlagen. {words} Fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-filtered</name>
    <message>
        <source>The service&apos;s content filter stopped the answer. Ask in another way.</source>
        <translation>Der Inhaltsfilter des Dienstes hat die Antwort gestoppt. Fragen Sie auf andere Weise.</translation>
    </message>
</context>
<context>
    <name>answer-incomplete</name>
    <message>
        <source>The answer is cut off, and the service didn&apos;t say why. Ask it to go on.</source>
        <translation>Die Antwort ist abgeschnitten, und der Dienst sagt nicht, warum. Bitten Sie um die Fortsetzung.</translation>
    </message>
</context>
<context>
    <name>answer-incomplete-saying</name>
    <message>
        <source>The answer is cut off. {words} Ask it to go on.</source>
        <translation>Die Antwort ist abgeschnitten. {words} Bitten Sie um die Fortsetzung.</translation>
    </message>
</context>
<context>
    <name>answer-overloaded</name>
    <message>
        <source>The answer failed: the service is overloaded. Wait a moment, then ask again.</source>
        <translation>Die Antwort ist fehlgeschlagen: Der Dienst ist überlastet. Warten Sie kurz, und fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-rate-limited</name>
    <message>
        <source>The answer failed: the service got too many requests at once. Wait a moment, then ask again.</source>
        <translation>Die Antwort ist fehlgeschlagen: Der Dienst hat zu viele Anfragen auf einmal bekommen. Warten Sie kurz, und fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>answer-stalled</name>
    <message>
        <source>The answer stalled. Press and ask again, or reconnect.</source>
        <translation>Die Antwort ist stecken geblieben. Drücken Sie, und fragen Sie noch einmal, oder verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>answer-too-large</name>
    <message>
        <source>{host} sent an answer that is too large.</source>
        <translation>{host} hat eine zu große Antwort gesendet.</translation>
    </message>
</context>
<context>
    <name>answer-too-long</name>
    <message>
        <source>The answer is cut off: it reached the model&apos;s length limit. Ask it to go on.</source>
        <translation>Die Antwort ist abgeschnitten: Sie hat die Längengrenze des Modells erreicht. Bitten Sie um die Fortsetzung.</translation>
    </message>
</context>
<context>
    <name>answer-unpaid</name>
    <message>
        <source>The answer failed: the project&apos;s balance is used up. Top it up on the platform, then ask again.</source>
        <translation>Die Antwort ist fehlgeschlagen: Das Guthaben des Projekts ist aufgebraucht. Laden Sie es auf der Plattform auf, und fragen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>approval-built-in</name>
    <message>
        <source>Built into Presstalk</source>
        <translation>In Presstalk enthalten</translation>
    </message>
</context>
<context>
    <name>approval-function</name>
    <message>
        <source>A function of {file}</source>
        <translation>Eine Funktion aus {file}</translation>
    </message>
</context>
<context>
    <name>approval-server</name>
    <message>
        <source>The MCP server {server}</source>
        <translation>Der MCP-Server {server}</translation>
    </message>
</context>
<context>
    <name>asked-too-often</name>
    <message>
        <source>The service has too many requests right now. Wait a moment, then connect again.</source>
        <translation>Der Dienst bekommt gerade zu viele Anfragen. Warten Sie einen Moment, und verbinden Sie sich dann neu.</translation>
    </message>
</context>
<context>
    <name>asking-to-wait</name>
    <message>
        <source>{message} It asks you to wait {time}.</source>
        <translation>{message} Er bittet Sie, {time} zu warten.</translation>
    </message>
</context>
<context>
    <name>bad-request</name>
    <message>
        <source>The service did not accept the request. Check the model and the settings.</source>
        <translation>Der Dienst hat die Anfrage nicht angenommen. Prüfen Sie das Modell und die Einstellungen.</translation>
    </message>
</context>
<context>
    <name>balance-used-up</name>
    <message>
        <source>The project&apos;s balance is used up. Top it up on the platform, then connect again.</source>
        <translation>Das Guthaben des Projekts ist aufgebraucht. Laden Sie es auf der Plattform auf, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>base-url</name>
    <message>
        <source>service address</source>
        <translation>Dienstadresse</translation>
    </message>
</context>
<context>
    <name>bench-delay</name>
    <message>
        <source>delayed</source>
        <translation>verzögert</translation>
    </message>
</context>
<context>
    <name>bench-empty</name>
    <message>
        <source>empty result</source>
        <translation>leeres Ergebnis</translation>
    </message>
</context>
<context>
    <name>bench-error</name>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
</context>
<context>
    <name>bench-fixed</name>
    <message>
        <source>fixed answer</source>
        <translation>feste Antwort</translation>
    </message>
</context>
<context>
    <name>bench-garbage</name>
    <message>
        <source>garbage</source>
        <translation>Datenmüll</translation>
    </message>
</context>
<context>
    <name>bench-huge</name>
    <message>
        <source>10 MB</source>
        <translation>10 MB</translation>
    </message>
</context>
<context>
    <name>bench-mark</name>
    <message>
        <source>bench: {what}</source>
        <translation>Prüfstand: {what}</translation>
    </message>
</context>
<context>
    <name>bench-no-json</name>
    <message>
        <source>The answer is not JSON. Write a text in quotes: &quot;like this&quot;, or an object: {{&quot;n&quot;: 1}}.</source>
        <translation>Die Antwort ist kein JSON. Schreiben Sie einen Text in Anführungszeichen: &quot;so&quot;, oder ein Objekt: {{&quot;n&quot;: 1}}.</translation>
    </message>
</context>
<context>
    <name>bench-timeout</name>
    <message>
        <source>timeout</source>
        <translation>Zeitüberschreitung</translation>
    </message>
</context>
<context>
    <name>bench-wrong-types</name>
    <message>
        <source>wrong types</source>
        <translation>falsche Typen</translation>
    </message>
</context>
<context>
    <name>block-page-answers</name>
    <message>
        <source>A web page answers in place of {host}: something in between blocks it, such as a company&apos;s filter. Ask whoever runs the network, or use another one.</source>
        <translation>Statt {host} antwortet eine Webseite: Etwas dazwischen blockiert den Dienst, etwa ein Filter der Firma. Fragen Sie, wer das Netzwerk betreibt, oder nehmen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>broken-code</name>
    <message>
        <source>{host} sent an invalid code. Paste a key instead.</source>
        <translation>{host} hat einen ungültigen Code gesendet. Fügen Sie stattdessen einen Schlüssel ein.</translation>
    </message>
</context>
<context>
    <name>broken-key</name>
    <message>
        <source>The key contains invalid characters. Copy it again, without line breaks.</source>
        <translation>Der Schlüssel enthält ungültige Zeichen. Kopieren Sie ihn noch einmal, ohne Zeilenumbrüche.</translation>
    </message>
</context>
<context>
    <name>broken-ticket</name>
    <message>
        <source>The ticket is too long or contains invalid characters. Tell whoever issues the tickets.</source>
        <translation>Das Ticket ist zu lang oder enthält ungültige Zeichen. Melden Sie es dem Betreiber der Ticketadresse.</translation>
    </message>
</context>
<context>
    <name>budget-near-day</name>
    <message>
        <source>{spent} of today&apos;s budget of {limit} is spent.</source>
        <translation>Vom heutigen Budget von {limit} sind {spent} ausgegeben.</translation>
    </message>
</context>
<context>
    <name>budget-near-session</name>
    <message>
        <source>{spent} of this session&apos;s budget of {limit} is spent.</source>
        <translation>Vom Budget dieser Sitzung von {limit} sind {spent} ausgegeben.</translation>
    </message>
</context>
<context>
    <name>budget-reached-day</name>
    <message>
        <source>Today&apos;s budget of {limit} is used up. What you say is kept, and sent when you go on.</source>
        <translation>Das heutige Budget von {limit} ist aufgebraucht. Was Sie sagen, wird aufgehoben und gesendet, sobald Sie weitermachen.</translation>
    </message>
</context>
<context>
    <name>budget-reached-session</name>
    <message>
        <source>This session&apos;s budget of {limit} is used up. What you say is kept, and sent when you go on.</source>
        <translation>Das Budget dieser Sitzung von {limit} ist aufgebraucht. Was Sie sagen, wird aufgehoben und gesendet, sobald Sie weitermachen.</translation>
    </message>
</context>
<context>
    <name>certificate-expired</name>
    <message>
        <source>The connection to {host} is not secure: its certificate has expired. This computer&apos;s clock says {date}: correct it if that is wrong; otherwise only whoever runs {host} can renew the certificate.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat ist abgelaufen. Die Uhr dieses Computers zeigt {date}: Stellen Sie sie richtig, wenn das falsch ist; sonst kann nur der Betreiber von {host} das Zertifikat erneuern.</translation>
    </message>
</context>
<context>
    <name>certificate-issuer-unknown</name>
    <message>
        <source>The connection to {host} is not secure: its certificate is from an issuer this computer does not know, such as a company&apos;s proxy or a virus scanner. Add that issuer&apos;s root certificate to this system, then connect again.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat stammt von einem Aussteller, den dieser Computer nicht kennt, etwa von einem Firmenproxy oder Virenscanner. Fügen Sie diesem System dessen Stammzertifikat hinzu, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>certificate-of-another</name>
    <message>
        <source>The connection to {host} is not secure: its certificate is for another name. Check the address; a network&apos;s sign-in page can also be in between: open a browser and look.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat gilt für einen anderen Namen. Prüfen Sie die Adresse; auch die Anmeldeseite eines Netzwerks kann dazwischen sein: Sehen Sie im Browser nach.</translation>
    </message>
</context>
<context>
    <name>certificate-self-signed</name>
    <message>
        <source>The connection to {host} is not secure: its certificate is self-signed, so nobody vouches for it. If your organisation made it, add its root certificate to this system, then connect again.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat ist selbst signiert, niemand bürgt dafür. Stammt es von Ihrer Organisation, fügen Sie diesem System ihr Stammzertifikat hinzu, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>certificate-too-new</name>
    <message>
        <source>The connection to {host} is not secure: its certificate is not valid yet. This computer&apos;s clock is probably wrong; it says {date}. Correct it, then connect again.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat ist noch nicht gültig. Wahrscheinlich geht die Uhr dieses Computers falsch; sie zeigt {date}. Stellen Sie sie richtig, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>certificate-unverified</name>
    <message>
        <source>The connection to {host} is not secure: its certificate can&apos;t be verified. Check the computer&apos;s clock and the network.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat lässt sich nicht überprüfen. Prüfen Sie die Uhr des Computers und das Netzwerk.</translation>
    </message>
</context>
<context>
    <name>certificate-withdrawn</name>
    <message>
        <source>The connection to {host} is not secure: its certificate was revoked. Ask whoever runs {host}.</source>
        <translation>Die Verbindung zu {host} ist nicht sicher: Das Zertifikat wurde widerrufen. Fragen Sie den Betreiber von {host}.</translation>
    </message>
</context>
<context>
    <name>claim-destructive</name>
    <message>
        <source>may destroy something</source>
        <translation>kann etwas zerstören</translation>
    </message>
</context>
<context>
    <name>claim-idempotent</name>
    <message>
        <source>does no more when it is called twice</source>
        <translation>bewirkt beim zweiten Aufruf nichts weiter</translation>
    </message>
</context>
<context>
    <name>claim-open-world</name>
    <message>
        <source>reaches the outside world</source>
        <translation>wirkt nach außen</translation>
    </message>
</context>
<context>
    <name>claim-read-only</name>
    <message>
        <source>changes nothing</source>
        <translation>ändert nichts</translation>
    </message>
</context>
<context>
    <name>claimed</name>
    <message>
        <source>The server says of it, unchecked: {claims}.</source>
        <translation>Der Server gibt dazu ungeprüft an: {claims}.</translation>
    </message>
</context>
<context>
    <name>closed-before-session</name>
    <message>
        <source>The connection was closed before the session opened.</source>
        <translation>Die Verbindung wurde geschlossen, bevor die Sitzung eröffnet war.</translation>
    </message>
</context>
<context>
    <name>code-expired</name>
    <message>
        <source>The code has expired. Sign in again for a new one.</source>
        <translation>Der Code ist abgelaufen. Melden Sie sich noch einmal an, um einen neuen zu erhalten.</translation>
    </message>
</context>
<context>
    <name>connect-again</name>
    <message>
        <source>{message} Connect again to continue.</source>
        <translation>{message} Verbinden Sie sich neu, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>connected</name>
    <message>
        <source>Connected to {model}.</source>
        <translation>Verbunden mit {model}.</translation>
    </message>
</context>
<context>
    <name>connection-dropped</name>
    <message>
        <source>The connection dropped. Check the network; what you said is kept.</source>
        <translation>Die Verbindung ist abgerissen. Prüfen Sie das Netzwerk; das Gesagte bleibt erhalten.</translation>
    </message>
</context>
<context>
    <name>connection-refused</name>
    <message>
        <source>The service refused the connection. Check the service address.</source>
        <translation>Der Dienst hat die Verbindung abgelehnt. Prüfen Sie die Dienstadresse.</translation>
    </message>
</context>
<context>
    <name>content-refused</name>
    <message>
        <source>The provider ended the session because of its rules on content. Connect again, and say it differently.</source>
        <translation>Der Anbieter hat die Sitzung wegen seiner Inhaltsregeln beendet. Verbinden Sie sich neu, und sagen Sie es anders.</translation>
    </message>
</context>
<context>
    <name>conversation-not-deleted</name>
    <message>
        <source>This conversation can&apos;t be deleted ({reason}).</source>
        <translation>Dieses Gespräch lässt sich nicht löschen ({reason}).</translation>
    </message>
</context>
<context>
    <name>conversation-not-read</name>
    <message>
        <source>This conversation can&apos;t be read ({reason}).</source>
        <translation>Dieses Gespräch lässt sich nicht lesen ({reason}).</translation>
    </message>
</context>
<context>
    <name>conversation-not-restored</name>
    <message>
        <source>This conversation can&apos;t be restored ({reason}).</source>
        <translation>Dieses Gespräch lässt sich nicht wiederherstellen ({reason}).</translation>
    </message>
</context>
<context>
    <name>conversation-not-written</name>
    <message>
        <source>This conversation can&apos;t be saved ({reason}). It continues anyway.</source>
        <translation>Dieses Gespräch lässt sich nicht speichern ({reason}). Es geht trotzdem weiter.</translation>
    </message>
</context>
<context>
    <name>conversation-restored</name>
    <message>
        <source>Restored.</source>
        <translation>Wiederhergestellt.</translation>
    </message>
</context>
<context>
    <name>default-microphone</name>
    <message>
        <source>The system&apos;s default microphone is now {device}.</source>
        <translation>Das Standardmikrofon des Systems ist jetzt {device}.</translation>
    </message>
</context>
<context>
    <name>default-speaker</name>
    <message>
        <source>The system&apos;s default speaker is now {device}.</source>
        <translation>Der Standardlautsprecher des Systems ist jetzt {device}.</translation>
    </message>
</context>
<context>
    <name>demo</name>
    <message>
        <source>It understands and speaks English only. It answers by simple rules on this computer and is not an AI model: ask for the time, dice, sums, a timer or a story. With a key you can choose a real one.</source>
        <translation>Sie versteht und spricht nur Englisch. Sie antwortet nach einfachen Regeln auf diesem Computer und ist kein KI-Modell: Fragen Sie auf Englisch nach Uhrzeit, Würfeln, Rechenaufgaben, einem Timer oder einer Geschichte. Mit einem Schlüssel können Sie ein echtes Modell wählen.</translation>
    </message>
</context>
<context>
    <name>device-absent</name>
    <message>
        <source>{device} was not found: using the system default.</source>
        <translation>{device} wurde nicht gefunden: Der Systemstandard wird benutzt.</translation>
    </message>
</context>
<context>
    <name>device-back</name>
    <message>
        <source>{device} is back and in use again.</source>
        <translation>{device} ist wieder da und wird wieder benutzt.</translation>
    </message>
</context>
<context>
    <name>device-gone</name>
    <message>
        <source>{device} was disconnected: now using {other}.</source>
        <translation>{device} ist nicht mehr angeschlossen: {other} wird benutzt.</translation>
    </message>
</context>
<context>
    <name>device-gone-default</name>
    <message>
        <source>{device} was disconnected: now using the system default.</source>
        <translation>{device} ist nicht mehr angeschlossen: Der Systemstandard wird benutzt.</translation>
    </message>
</context>
<context>
    <name>device-not-opened</name>
    <message>
        <source>The {kind} {device} can&apos;t be opened. Close the program that is using it, or choose another device.</source>
        <translation>{kind} „{device}“ lässt sich nicht öffnen. Schließen Sie das Programm, das das Gerät benutzt, oder wählen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>device-not-there</name>
    <message>
        <source>{device} is no longer connected. Plug it in or choose another device.</source>
        <translation>{device} ist nicht mehr angeschlossen. Schließen Sie es an, oder wählen Sie ein anderes Gerät.</translation>
    </message>
</context>
<context>
    <name>device-opened-again</name>
    <message>
        <source>{device} had stopped and was reopened.</source>
        <translation>{device} lief nicht mehr und wurde neu geöffnet.</translation>
    </message>
</context>
<context>
    <name>device-refused</name>
    <message>
        <source>{problem} Until then, {other} is used.</source>
        <translation>{problem} Bis dahin wird {other} benutzt.</translation>
    </message>
</context>
<context>
    <name>device-unknown</name>
    <message>
        <source>There is no {kind} called {device}. Choose one of those listed by `presstalk devices`.</source>
        <translation>Kein {kind} namens {device} vorhanden. Wählen Sie eines der Geräte, die `presstalk devices` auflistet.</translation>
    </message>
</context>
<context>
    <name>devices-not-listed</name>
    <message>
        <source>The sound devices can&apos;t be listed. Check the sound server and try again.</source>
        <translation>Die Audiogeräte lassen sich nicht auflisten. Prüfen Sie den Audiodienst, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>doctor-cancelled</name>
    <message>
        <source>Echo cancellation</source>
        <translation>Echounterdrückung</translation>
    </message>
</context>
<context>
    <name>doctor-cut</name>
    <message>
        <source>You are too loud: peaks are cut off. Turn the microphone down in the settings.</source>
        <translation>Sie sind zu laut: Spitzen werden abgeschnitten. Stellen Sie das Mikrofon in den Einstellungen leiser.</translation>
    </message>
</context>
<context>
    <name>doctor-decibels</name>
    <message>
        <source>{db} dB</source>
        <translation>{db} dB</translation>
    </message>
</context>
<context>
    <name>doctor-device</name>
    <message>
        <source>{device}, {rate} Hz</source>
        <translation>{device}, {rate} Hz</translation>
    </message>
</context>
<context>
    <name>doctor-device-latency</name>
    <message>
        <source>{device}, {rate} Hz, {ms} ms</source>
        <translation>{device}, {rate} Hz, {ms} ms</translation>
    </message>
</context>
<context>
    <name>doctor-device-lost</name>
    <message>
        <source>A device was lost during the examination. Plug it in again, then start again.</source>
        <translation>Während der Untersuchung ging ein Gerät verloren. Schließen Sie es wieder an, dann starten Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>doctor-disconnect-first</name>
    <message>
        <source>A session is using the devices. Disconnect, then start again.</source>
        <translation>Eine Sitzung nutzt die Geräte. Trennen Sie die Verbindung, dann starten Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>doctor-drift</name>
    <message>
        <source>Clock drift</source>
        <translation>Gangunterschied</translation>
    </message>
</context>
<context>
    <name>doctor-drifting</name>
    <message>
        <source>The clocks of the two devices run at different speeds. Use a headset, or both devices of one make.</source>
        <translation>Die Uhren der beiden Geräte gehen verschieden schnell. Nehmen Sie ein Headset oder beide Geräte vom selben Hersteller.</translation>
    </message>
</context>
<context>
    <name>doctor-dropouts</name>
    <message>
        <source>Dropouts</source>
        <translation>Aussetzer</translation>
    </message>
</context>
<context>
    <name>doctor-dropped</name>
    <message>
        <source>Sound was lost. Close programs that keep the computer busy, and try another port or a cable.</source>
        <translation>Ton ging verloren. Schließen Sie Programme, die den Computer auslasten, und versuchen Sie einen anderen Anschluss oder ein Kabel.</translation>
    </message>
</context>
<context>
    <name>doctor-echo</name>
    <message>
        <source>Echo</source>
        <translation>Echo</translation>
    </message>
</context>
<context>
    <name>doctor-faint</name>
    <message>
        <source>You are hardly heard. Turn the microphone up in the settings, or come nearer to it.</source>
        <translation>Man hört Sie kaum. Stellen Sie das Mikrofon in den Einstellungen lauter, oder gehen Sie näher heran.</translation>
    </message>
</context>
<context>
    <name>doctor-hands-free-echo</name>
    <message>
        <source>The microphone hears the speaker. That does no harm to push to talk; hands-free, headphones are safest.</source>
        <translation>Das Mikrofon hört den Lautsprecher. Beim Sprechen mit Taste stört das nicht; beim Freisprechen sind Kopfhörer am sichersten.</translation>
    </message>
</context>
<context>
    <name>doctor-hardly-cancelled</name>
    <message>
        <source>Some of the assistant&apos;s voice is left. Turn the speaker down; hands-free, headphones are safest.</source>
        <translation>Etwas von der Stimme des Assistenten bleibt übrig. Stellen Sie den Lautsprecher leiser; beim Freisprechen sind Kopfhörer am sichersten.</translation>
    </message>
</context>
<context>
    <name>doctor-long-loop</name>
    <message>
        <source>Answers are heard that much later. Bluetooth and network speakers are slow; a cable is not.</source>
        <translation>Um so viel später hören Sie die Antworten. Bluetooth- und Netzwerklautsprecher sind langsam, ein Kabel ist es nicht.</translation>
    </message>
</context>
<context>
    <name>doctor-loop</name>
    <message>
        <source>Delay</source>
        <translation>Verzögerung</translation>
    </message>
</context>
<context>
    <name>doctor-loud-echo</name>
    <message>
        <source>Turn the speaker down, or move it away from the microphone.</source>
        <translation>Stellen Sie den Lautsprecher leiser, oder rücken Sie ihn vom Mikrofon weg.</translation>
    </message>
</context>
<context>
    <name>doctor-microphone</name>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
</context>
<context>
    <name>doctor-millionths</name>
    <message>
        <source>{ppm} ppm</source>
        <translation>{ppm} ppm</translation>
    </message>
</context>
<context>
    <name>doctor-milliseconds</name>
    <message>
        <source>{ms} ms</source>
        <translation>{ms} ms</translation>
    </message>
</context>
<context>
    <name>doctor-narrow</name>
    <message>
        <source>This is a telephone&apos;s sample rate, which Bluetooth headsets have while their microphone is open. Choose another microphone, and keep the headset for listening.</source>
        <translation>Das ist die Abtastrate eines Telefons. Bluetooth-Headsets haben sie, solange ihr Mikrofon offen ist. Wählen Sie ein anderes Mikrofon, und behalten Sie das Headset zum Hören.</translation>
    </message>
</context>
<context>
    <name>doctor-no-loop</name>
    <message>
        <source>That is usual with headphones. If you use none, check that the speaker is on and not muted.</source>
        <translation>Das ist bei Kopfhörern so. Wenn Sie keine tragen, prüfen Sie, ob der Lautsprecher an und nicht stumm ist.</translation>
    </message>
</context>
<context>
    <name>doctor-noisy</name>
    <message>
        <source>It is loud around you. Move the microphone nearer to your mouth, and away from fans.</source>
        <translation>Um Sie herum ist es laut. Rücken Sie das Mikrofon näher an den Mund und weg von Lüftern.</translation>
    </message>
</context>
<context>
    <name>doctor-none</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>doctor-not-heard</name>
    <message>
        <source>not heard</source>
        <translation>nicht gehört</translation>
    </message>
</context>
<context>
    <name>doctor-nothing-said</name>
    <message>
        <source>nothing was said</source>
        <translation>nichts gesagt</translation>
    </message>
</context>
<context>
    <name>doctor-room</name>
    <message>
        <source>Room noise</source>
        <translation>Raumgeräusche</translation>
    </message>
</context>
<context>
    <name>doctor-say-something</name>
    <message>
        <source>Start again, and read the sentence aloud when you are asked to.</source>
        <translation>Starten Sie noch einmal, und lesen Sie den Satz vor, wenn er erscheint.</translation>
    </message>
</context>
<context>
    <name>doctor-silent</name>
    <message>
        <source>The microphone delivers nothing at all. Look for its switch, check the system&apos;s permission, or choose another one.</source>
        <translation>Das Mikrofon liefert gar nichts. Suchen Sie seinen Schalter, prüfen Sie die Erlaubnis des Systems, oder wählen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>doctor-speaker</name>
    <message>
        <source>Speaker</source>
        <translation>Lautsprecher</translation>
    </message>
</context>
<context>
    <name>doctor-speech</name>
    <message>
        <source>Your voice</source>
        <translation>Ihre Stimme</translation>
    </message>
</context>
<context>
    <name>doctor-times</name>
    <message>
        <source>{count} in 16 s</source>
        <translation>{count} in 16 s</translation>
    </message>
</context>
<context>
    <name>dollars</name>
    <message>
        <source>${amount}</source>
        <translation>{amount} $</translation>
    </message>
</context>
<context>
    <name>ended-twice</name>
    <message>
        <source>{message} It did so twice after the same words. They are kept: connect again to send them once more.</source>
        <translation>{message} Nach denselben Worten ist das zweimal passiert. Sie bleiben erhalten: Verbinden Sie sich neu, um sie noch einmal zu senden.</translation>
    </message>
</context>
<context>
    <name>euros</name>
    <message>
        <source>€{amount}</source>
        <translation>{amount} €</translation>
    </message>
</context>
<context>
    <name>export-not-written</name>
    <message>
        <source>The file can&apos;t be written ({reason}). Choose another place.</source>
        <translation>Die Datei lässt sich nicht schreiben ({reason}). Wählen Sie einen anderen Ort.</translation>
    </message>
</context>
<context>
    <name>folder-not-read</name>
    <message>
        <source>The conversations folder can&apos;t be read ({reason}).</source>
        <translation>Der Gesprächsordner lässt sich nicht lesen ({reason}).</translation>
    </message>
</context>
<context>
    <name>frame-too-large</name>
    <message>
        <source>The service sent a frame that is too large. Connect again to continue.</source>
        <translation>Der Dienst hat einen zu großen Frame gesendet. Verbinden Sie sich neu, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>from-later-version</name>
    <message>
        <source>A later version wrote this: some of it may not be shown.</source>
        <translation>Eine neuere Version hat dies geschrieben: Vielleicht wird nicht alles angezeigt.</translation>
    </message>
</context>
<context>
    <name>function-at-line</name>
    <message>
        <source>{file}, line {line}: {words}</source>
        <translation>{file}, Zeile {line}: {words}</translation>
    </message>
</context>
<context>
    <name>function-ended</name>
    <message>
        <source>{file} ended the process it runs in ({words}).</source>
        <translation>{file} hat den Prozess beendet, in dem die Datei läuft ({words}).</translation>
    </message>
</context>
<context>
    <name>function-example-made</name>
    <message>
        <source>{file} was made. Change it as you like: it is read when you save it.</source>
        <translation>{file} wurde angelegt. Ändern Sie die Datei, wie Sie möchten: Sie wird beim Speichern gelesen.</translation>
    </message>
</context>
<context>
    <name>function-example-there</name>
    <message>
        <source>{file} is there already.</source>
        <translation>{file} gibt es schon.</translation>
    </message>
</context>
<context>
    <name>function-in-file</name>
    <message>
        <source>{file}: {words}</source>
        <translation>{file}: {words}</translation>
    </message>
</context>
<context>
    <name>function-slow</name>
    <message>
        <source>{file} didn&apos;t end within {seconds} s when it was run.</source>
        <translation>{file} war nach {seconds} s noch nicht durchgelaufen.</translation>
    </message>
</context>
<context>
    <name>header</name>
    <message>
        <source>header</source>
        <translation>Header</translation>
    </message>
</context>
<context>
    <name>header-kept</name>
    <message>
        <source>The header was saved.</source>
        <translation>Der Header wurde gespeichert.</translation>
    </message>
</context>
<context>
    <name>header-removed</name>
    <message>
        <source>The header was removed from the keychain.</source>
        <translation>Der Header wurde aus dem Schlüsselbund entfernt.</translation>
    </message>
</context>
<context>
    <name>hold-to-talk</name>
    <message>
        <source>Hold to talk.</source>
        <translation>Zum Sprechen halten.</translation>
    </message>
</context>
<context>
    <name>host-not-found</name>
    <message>
        <source>{host} was not found. Check the network and the {address}.</source>
        <translation>{host} wurde nicht gefunden. Prüfen Sie das Netzwerk und die {address}.</translation>
    </message>
</context>
<context>
    <name>hotkey-clash</name>
    <message>
        <source>{keys} is used by another program or by the desktop. Choose another key, or free it there: it is tried again all the time.</source>
        <translation>{keys} wird von einem anderen Programm oder vom Desktop benutzt. Wählen Sie eine andere Taste, oder geben Sie sie dort frei: Es wird immer wieder versucht.</translation>
    </message>
</context>
<context>
    <name>hotkey-no-portal</name>
    <message>
        <source>This desktop gives programs no keys of their own (its portal has no global shortcuts). Let it run `presstalk ptt down` and `presstalk ptt up` instead: the README says how.</source>
        <translation>Dieser Desktop gibt Programmen keine eigenen Tasten (sein Portal kennt keine globalen Tastenkürzel). Lassen Sie ihn stattdessen `presstalk ptt down` und `presstalk ptt up` ausführen: Die README sagt, wie.</translation>
    </message>
</context>
<context>
    <name>hotkey-no-raw</name>
    <message>
        <source>{keys} alone can&apos;t be heard here: the X server has no XInput 2. Choose a combination of keys.</source>
        <translation>{keys} allein ist hier nicht zu hören: Der X-Server hat kein XInput 2. Wählen Sie eine Tastenkombination.</translation>
    </message>
</context>
<context>
    <name>hotkey-no-way</name>
    <message>
        <source>This system gives programs no keys of their own. Let it run `presstalk ptt down` and `presstalk ptt up` instead: the README says how.</source>
        <translation>Dieses System gibt Programmen keine eigenen Tasten. Lassen Sie es stattdessen `presstalk ptt down` und `presstalk ptt up` ausführen: Die README sagt, wie.</translation>
    </message>
</context>
<context>
    <name>hotkey-not-alone</name>
    <message>
        <source>{keys} can&apos;t be had from this system in all programs. Choose a combination of keys.</source>
        <translation>{keys} gibt dieses System nicht für alle Programme her. Wählen Sie eine Tastenkombination.</translation>
    </message>
</context>
<context>
    <name>hotkey-not-by-portal</name>
    <message>
        <source>On Wayland {keys} can&apos;t be a key for all programs. Choose another one.</source>
        <translation>Unter Wayland kann {keys} keine Taste für alle Programme sein. Wählen Sie eine andere.</translation>
    </message>
</context>
<context>
    <name>hotkey-not-there</name>
    <message>
        <source>No keyboard here has {keys}. Choose another key.</source>
        <translation>Keine Tastatur hat hier {keys}. Wählen Sie eine andere Taste.</translation>
    </message>
</context>
<context>
    <name>hotkey-refused</name>
    <message>
        <source>The desktop gave Presstalk no key. Choose it again here, or in the desktop&apos;s settings.</source>
        <translation>Der Desktop hat Presstalk keine Taste gegeben. Wählen Sie sie hier erneut oder in den Einstellungen des Desktops.</translation>
    </message>
</context>
<context>
    <name>hotkey-twice</name>
    <message>
        <source>{keys} is chosen for two things. Choose another key for one of them.</source>
        <translation>{keys} ist für zweierlei gewählt. Wählen Sie für eines davon eine andere Taste.</translation>
    </message>
</context>
<context>
    <name>hours</name>
    <message>
        <source>{count} hours</source>
        <translation>{count} Std.</translation>
    </message>
</context>
<context>
    <name>import-asks</name>
    <message>
        <source>It asks for a value ({name}). Edit the server: enter the value, then move it to the keychain.</source>
        <translation>Er fragt nach einem Wert ({name}). Bearbeiten Sie den Server: Tragen Sie ihn ein, und verschieben Sie ihn dann in den Schlüsselbund.</translation>
    </message>
</context>
<context>
    <name>import-by-extension</name>
    <message>
        <source>An extension of the program provides it.</source>
        <translation>Eine Erweiterung des Programms stellt ihn bereit.</translation>
    </message>
</context>
<context>
    <name>import-not-read</name>
    <message>
        <source>The file can&apos;t be read ({reason}).</source>
        <translation>Die Datei lässt sich nicht lesen ({reason}).</translation>
    </message>
</context>
<context>
    <name>import-not-understood</name>
    <message>
        <source>The file isn&apos;t valid {kind}.</source>
        <translation>Die Datei ist kein gültiges {kind}.</translation>
    </message>
</context>
<context>
    <name>import-nothing</name>
    <message>
        <source>There are no MCP servers in it.</source>
        <translation>Sie enthält keine MCP-Server.</translation>
    </message>
</context>
<context>
    <name>import-of-editor</name>
    <message>
        <source>It refers to the editor&apos;s own {name}, which isn&apos;t known here.</source>
        <translation>Er verweist auf {name} des Editors; das ist hier nicht bekannt.</translation>
    </message>
</context>
<context>
    <name>in-the-way</name>
    <message>
        <source>Presstalk is already running but not responding. A window says what to do.</source>
        <translation>Presstalk läuft schon, reagiert aber nicht. Ein Fenster sagt, was Sie tun können.</translation>
    </message>
</context>
<context>
    <name>joined</name>
    <message>
        <source>{first} {second}</source>
        <translation>{first} {second}</translation>
    </message>
</context>
<context>
    <name>key</name>
    <message>
        <source>key</source>
        <translation>Schlüssel</translation>
    </message>
</context>
<context>
    <name>key-broken</name>
    <message>
        <source>The key contains invalid characters. Copy it again.</source>
        <translation>Der Schlüssel enthält ungültige Zeichen. Kopieren Sie ihn noch einmal.</translation>
    </message>
</context>
<context>
    <name>key-elsewhere</name>
    <message>
        <source>The {secret} was given for {home}. Send it to {there} as well, from now on?</source>
        <translation>{secret}: angegeben für {home}. Von jetzt an auch an {there} senden?</translation>
    </message>
</context>
<context>
    <name>key-goes-elsewhere</name>
    <message>
        <source>The service address in the settings is not the usual one: this key would be for {there}, not for {home}. Do it again if that is right.</source>
        <translation>Die Dienstadresse in den Einstellungen ist nicht die übliche: Dieser Schlüssel wäre für {there}, nicht für {home}. Wiederholen Sie den Schritt, wenn das stimmt.</translation>
    </message>
</context>
<context>
    <name>key-kept</name>
    <message>
        <source>The key works and was saved.</source>
        <translation>Der Schlüssel funktioniert und wurde gespeichert.</translation>
    </message>
</context>
<context>
    <name>key-kept-unchecked</name>
    <message>
        <source>The key was saved unchecked.</source>
        <translation>Der Schlüssel wurde ungeprüft gespeichert.</translation>
    </message>
</context>
<context>
    <name>key-not-encrypted</name>
    <message>
        <source>The service address must begin with https://, so that the key is sent encrypted.</source>
        <translation>Die Dienstadresse muss mit https:// beginnen, damit der Schlüssel verschlüsselt übertragen wird.</translation>
    </message>
</context>
<context>
    <name>key-not-sent</name>
    <message>
        <source>The {secret} was given for {home} and was not sent to {there}. Check the addresses in the settings.</source>
        <translation>{secret}: angegeben für {home} und nicht an {there} gesendet. Prüfen Sie die Adressen in den Einstellungen.</translation>
    </message>
</context>
<context>
    <name>key-of-management</name>
    <message>
        <source>This is a management key (opmak-…). Sessions need a project&apos;s runtime key: create one on platform.opper.ai.</source>
        <translation>Das ist ein Verwaltungsschlüssel (opmak-…). Sitzungen brauchen den Laufzeitschlüssel eines Projekts: Erstellen Sie einen auf platform.opper.ai.</translation>
    </message>
</context>
<context>
    <name>key-refused</name>
    <message>
        <source>The key was refused. Check that it is a project&apos;s runtime key and has not been revoked.</source>
        <translation>Der Schlüssel wurde abgelehnt. Prüfen Sie, ob er der Laufzeitschlüssel eines Projekts ist und nicht widerrufen wurde.</translation>
    </message>
</context>
<context>
    <name>key-removed</name>
    <message>
        <source>The key was removed from the keychain.</source>
        <translation>Der Schlüssel wurde aus dem Schlüsselbund entfernt.</translation>
    </message>
</context>
<context>
    <name>key-revoked</name>
    <message>
        <source>The key is no longer accepted. Choose another one in the settings.</source>
        <translation>Der Schlüssel wird nicht mehr akzeptiert. Wählen Sie in den Einstellungen einen anderen.</translation>
    </message>
</context>
<context>
    <name>key-too-long</name>
    <message>
        <source>This is too long to be a key. Copy only the key.</source>
        <translation>Das ist zu lang für einen Schlüssel. Kopieren Sie nur den Schlüssel.</translation>
    </message>
</context>
<context>
    <name>keychain-failed</name>
    <message>
        <source>{failure}: the keychain gave an unexpected answer. {instead}</source>
        <translation>{failure}: Der Schlüsselbund hat unerwartet geantwortet. {instead}</translation>
    </message>
</context>
<context>
    <name>keychain-instead</name>
    <message>
        <source>Set {variable} instead and restart: that always works.</source>
        <translation>Setzen Sie stattdessen {variable}, und starten Sie neu: Das geht immer.</translation>
    </message>
</context>
<context>
    <name>keychain-kept-nothing</name>
    <message>
        <source>This system&apos;s keychain did not save the {secret}. {instead}</source>
        <translation>{secret} nicht gespeichert: Der Schlüsselbund dieses Systems hat nichts behalten. {instead}</translation>
    </message>
</context>
<context>
    <name>keychain-locked</name>
    <message>
        <source>{failure}: the keychain is locked. Unlock it and try again.</source>
        <translation>{failure}: Der Schlüsselbund ist gesperrt. Entsperren Sie ihn, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>language-ar</name>
    <message>
        <source>Arabic</source>
        <translation>Arabisch</translation>
    </message>
</context>
<context>
    <name>language-bg</name>
    <message>
        <source>Bulgarian</source>
        <translation>Bulgarisch</translation>
    </message>
</context>
<context>
    <name>language-bn</name>
    <message>
        <source>Bangla</source>
        <translation>Bengalisch</translation>
    </message>
</context>
<context>
    <name>language-ca</name>
    <message>
        <source>Catalan</source>
        <translation>Katalanisch</translation>
    </message>
</context>
<context>
    <name>language-cs</name>
    <message>
        <source>Czech</source>
        <translation>Tschechisch</translation>
    </message>
</context>
<context>
    <name>language-da</name>
    <message>
        <source>Danish</source>
        <translation>Dänisch</translation>
    </message>
</context>
<context>
    <name>language-de</name>
    <message>
        <source>German</source>
        <translation>Deutsch</translation>
    </message>
</context>
<context>
    <name>language-el</name>
    <message>
        <source>Greek</source>
        <translation>Griechisch</translation>
    </message>
</context>
<context>
    <name>language-en</name>
    <message>
        <source>English</source>
        <translation>Englisch</translation>
    </message>
</context>
<context>
    <name>language-es</name>
    <message>
        <source>Spanish</source>
        <translation>Spanisch</translation>
    </message>
</context>
<context>
    <name>language-et</name>
    <message>
        <source>Estonian</source>
        <translation>Estnisch</translation>
    </message>
</context>
<context>
    <name>language-fa</name>
    <message>
        <source>Persian</source>
        <translation>Persisch</translation>
    </message>
</context>
<context>
    <name>language-fi</name>
    <message>
        <source>Finnish</source>
        <translation>Finnisch</translation>
    </message>
</context>
<context>
    <name>language-fr</name>
    <message>
        <source>French</source>
        <translation>Französisch</translation>
    </message>
</context>
<context>
    <name>language-gu</name>
    <message>
        <source>Gujarati</source>
        <translation>Gujarati</translation>
    </message>
</context>
<context>
    <name>language-he</name>
    <message>
        <source>Hebrew</source>
        <translation>Hebräisch</translation>
    </message>
</context>
<context>
    <name>language-hi</name>
    <message>
        <source>Hindi</source>
        <translation>Hindi</translation>
    </message>
</context>
<context>
    <name>language-hr</name>
    <message>
        <source>Croatian</source>
        <translation>Kroatisch</translation>
    </message>
</context>
<context>
    <name>language-hu</name>
    <message>
        <source>Hungarian</source>
        <translation>Ungarisch</translation>
    </message>
</context>
<context>
    <name>language-id</name>
    <message>
        <source>Indonesian</source>
        <translation>Indonesisch</translation>
    </message>
</context>
<context>
    <name>language-it</name>
    <message>
        <source>Italian</source>
        <translation>Italienisch</translation>
    </message>
</context>
<context>
    <name>language-ja</name>
    <message>
        <source>Japanese</source>
        <translation>Japanisch</translation>
    </message>
</context>
<context>
    <name>language-kn</name>
    <message>
        <source>Kannada</source>
        <translation>Kannada</translation>
    </message>
</context>
<context>
    <name>language-ko</name>
    <message>
        <source>Korean</source>
        <translation>Koreanisch</translation>
    </message>
</context>
<context>
    <name>language-lt</name>
    <message>
        <source>Lithuanian</source>
        <translation>Litauisch</translation>
    </message>
</context>
<context>
    <name>language-lv</name>
    <message>
        <source>Latvian</source>
        <translation>Lettisch</translation>
    </message>
</context>
<context>
    <name>language-ml</name>
    <message>
        <source>Malayalam</source>
        <translation>Malayalam</translation>
    </message>
</context>
<context>
    <name>language-mr</name>
    <message>
        <source>Marathi</source>
        <translation>Marathi</translation>
    </message>
</context>
<context>
    <name>language-ms</name>
    <message>
        <source>Malay</source>
        <translation>Malaiisch</translation>
    </message>
</context>
<context>
    <name>language-nl</name>
    <message>
        <source>Dutch</source>
        <translation>Niederländisch</translation>
    </message>
</context>
<context>
    <name>language-no</name>
    <message>
        <source>Norwegian Bokmål</source>
        <translation>Norwegisch (Bokmål)</translation>
    </message>
</context>
<context>
    <name>language-pl</name>
    <message>
        <source>Polish</source>
        <translation>Polnisch</translation>
    </message>
</context>
<context>
    <name>language-pt</name>
    <message>
        <source>Portuguese</source>
        <translation>Portugiesisch</translation>
    </message>
</context>
<context>
    <name>language-ro</name>
    <message>
        <source>Romanian</source>
        <translation>Rumänisch</translation>
    </message>
</context>
<context>
    <name>language-ru</name>
    <message>
        <source>Russian</source>
        <translation>Russisch</translation>
    </message>
</context>
<context>
    <name>language-sk</name>
    <message>
        <source>Slovak</source>
        <translation>Slowakisch</translation>
    </message>
</context>
<context>
    <name>language-sl</name>
    <message>
        <source>Slovenian</source>
        <translation>Slowenisch</translation>
    </message>
</context>
<context>
    <name>language-sr</name>
    <message>
        <source>Serbian</source>
        <translation>Serbisch</translation>
    </message>
</context>
<context>
    <name>language-sv</name>
    <message>
        <source>Swedish</source>
        <translation>Schwedisch</translation>
    </message>
</context>
<context>
    <name>language-sw</name>
    <message>
        <source>Swahili</source>
        <translation>Suaheli</translation>
    </message>
</context>
<context>
    <name>language-ta</name>
    <message>
        <source>Tamil</source>
        <translation>Tamil</translation>
    </message>
</context>
<context>
    <name>language-te</name>
    <message>
        <source>Telugu</source>
        <translation>Telugu</translation>
    </message>
</context>
<context>
    <name>language-th</name>
    <message>
        <source>Thai</source>
        <translation>Thailändisch</translation>
    </message>
</context>
<context>
    <name>language-tr</name>
    <message>
        <source>Turkish</source>
        <translation>Türkisch</translation>
    </message>
</context>
<context>
    <name>language-uk</name>
    <message>
        <source>Ukrainian</source>
        <translation>Ukrainisch</translation>
    </message>
</context>
<context>
    <name>language-ur</name>
    <message>
        <source>Urdu</source>
        <translation>Urdu</translation>
    </message>
</context>
<context>
    <name>language-vi</name>
    <message>
        <source>Vietnamese</source>
        <translation>Vietnamesisch</translation>
    </message>
</context>
<context>
    <name>language-zh</name>
    <message>
        <source>Chinese</source>
        <translation>Chinesisch</translation>
    </message>
</context>
<context>
    <name>last-in-history</name>
    <message>
        <source>New conversation. The last one is in the history ({key}).</source>
        <translation>Neues Gespräch. Das letzte steht im Verlauf ({key}).</translation>
    </message>
</context>
<context>
    <name>last-lost</name>
    <message>
        <source>New conversation. The last one could not be saved.</source>
        <translation>Neues Gespräch. Das letzte konnte nicht gespeichert werden.</translation>
    </message>
</context>
<context>
    <name>last-microphone-gone</name>
    <message>
        <source>{device} was disconnected, and there is no other microphone. The next one you plug in will be used.</source>
        <translation>{device} ist nicht mehr angeschlossen, und ein anderes Mikrofon gibt es nicht. Das nächste, das Sie anschließen, wird benutzt.</translation>
    </message>
</context>
<context>
    <name>last-not-kept</name>
    <message>
        <source>New conversation. The last one was not saved, as you have chosen in the settings.</source>
        <translation>Neues Gespräch. Das letzte wurde nicht gespeichert, wie in den Einstellungen gewählt.</translation>
    </message>
</context>
<context>
    <name>last-speaker-gone</name>
    <message>
        <source>{device} was disconnected, and there is no other speaker. The next one you plug in will be used.</source>
        <translation>{device} ist nicht mehr angeschlossen, und einen anderen Lautsprecher gibt es nicht. Der nächste, den Sie anschließen, wird benutzt.</translation>
    </message>
</context>
<context>
    <name>left-up-to-here</name>
    <message>
        <source>Up to here: the conversation from {date}.</source>
        <translation>Bis hierher: das Gespräch vom {date}.</translation>
    </message>
</context>
<context>
    <name>less-money-than</name>
    <message>
        <source>&lt; {amount}</source>
        <translation>&lt; {amount}</translation>
    </message>
</context>
<context>
    <name>library-missing</name>
    <message>
        <source>Sound needs the {library} library, which is not installed. Install it (on Debian and Ubuntu, the package {package}) and restart.</source>
        <translation>Für den Ton fehlt die Bibliothek {library}. Installieren Sie sie (unter Debian und Ubuntu das Paket {package}), und starten Sie neu.</translation>
    </message>
</context>
<context>
    <name>line-cut-off</name>
    <message>
        <source>cut off: connection lost</source>
        <translation>abgeschnitten: Verbindung verloren</translation>
    </message>
</context>
<context>
    <name>line-cut-short</name>
    <message>
        <source>cut short</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>line-ended-early</name>
    <message>
        <source>cut off</source>
        <translation>abgeschnitten</translation>
    </message>
</context>
<context>
    <name>line-interrupted</name>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
</context>
<context>
    <name>line-kept</name>
    <message>
        <source>kept, will be sent when reconnected</source>
        <translation>aufbewahrt, wird nach dem Verbinden gesendet</translation>
    </message>
</context>
<context>
    <name>line-listening</name>
    <message>
        <source>listening</source>
        <translation>hört zu</translation>
    </message>
</context>
<context>
    <name>line-not-understood</name>
    <message>
        <source>no words recognised</source>
        <translation>keine Worte erkannt</translation>
    </message>
</context>
<context>
    <name>line-not-written</name>
    <message>
        <source>not transcribed</source>
        <translation>nicht mitgeschrieben</translation>
    </message>
</context>
<context>
    <name>line-stalled</name>
    <message>
        <source>stalled</source>
        <translation>stecken geblieben</translation>
    </message>
</context>
<context>
    <name>lines-lost</name>
    <message>
        <source>Some lines of this conversation could not be saved.</source>
        <translation>Einige Zeilen dieses Gesprächs konnten nicht gespeichert werden.</translation>
    </message>
</context>
<context>
    <name>list-asked-too-often</name>
    <message>
        <source>The service has too many requests right now. Wait a moment, then refresh the list again.</source>
        <translation>Der Dienst bekommt gerade zu viele Anfragen. Warten Sie einen Moment, und aktualisieren Sie die Liste dann noch einmal.</translation>
    </message>
</context>
<context>
    <name>list-not-allowed</name>
    <message>
        <source>This key isn&apos;t allowed to list the models. The built-in list is used.</source>
        <translation>Dieser Schlüssel darf die Modellliste nicht abrufen. Die eingebaute wird benutzt.</translation>
    </message>
</context>
<context>
    <name>list-not-there</name>
    <message>
        <source>There is no list of models at this address. Check the service address.</source>
        <translation>Unter dieser Adresse gibt es keine Modellliste. Prüfen Sie die Dienstadresse.</translation>
    </message>
</context>
<context>
    <name>list-stays</name>
    <message>
        <source>The list of models stays as it was. {reason}</source>
        <translation>Die Modellliste bleibt, wie sie war. {reason}</translation>
    </message>
</context>
<context>
    <name>login-not-set</name>
    <message>
        <source>The start at login can&apos;t be changed ({reason}). Change it in your system&apos;s settings.</source>
        <translation>Der Start beim Anmelden lässt sich nicht ändern ({reason}). Ändern Sie ihn in den Einstellungen Ihres Systems.</translation>
    </message>
</context>
<context>
    <name>management-key</name>
    <message>
        <source>This is a management key (opmak-…). Sessions need a project&apos;s runtime key: create one on the platform.</source>
        <translation>Das ist ein Verwaltungsschlüssel (opmak-…). Sitzungen brauchen den Laufzeitschlüssel eines Projekts: Erstellen Sie einen auf der Plattform.</translation>
    </message>
</context>
<context>
    <name>mcp-bad-address</name>
    <message>
        <source>Its address must begin with https://, or be on this computer.</source>
        <translation>Seine Adresse muss mit https:// beginnen oder auf diesem Computer sein.</translation>
    </message>
</context>
<context>
    <name>mcp-bad-field</name>
    <message>
        <source>Its field “{field}” can&apos;t be read.</source>
        <translation>Sein Feld „{field}“ ist nicht lesbar.</translation>
    </message>
</context>
<context>
    <name>mcp-bad-name</name>
    <message>
        <source>Its name is empty, too long, or has characters that can&apos;t be seen.</source>
        <translation>Sein Name ist leer, zu lang oder enthält unsichtbare Zeichen.</translation>
    </message>
</context>
<context>
    <name>mcp-ended</name>
    <message>
        <source>It ended by itself. Its last lines may say why.</source>
        <translation>Er hat sich selbst beendet. Seine letzten Zeilen sagen vielleicht, warum.</translation>
    </message>
</context>
<context>
    <name>mcp-exited</name>
    <message>
        <source>It ended by itself, with the code {code}. Its last lines may say why.</source>
        <translation>Er hat sich selbst beendet, mit dem Code {code}. Seine letzten Zeilen sagen vielleicht, warum.</translation>
    </message>
</context>
<context>
    <name>mcp-garbage</name>
    <message>
        <source>It keeps writing what isn&apos;t MCP. Check whether it is an MCP server.</source>
        <translation>Er schreibt immerzu etwas, das kein MCP ist. Prüfen Sie, ob es ein MCP-Server ist.</translation>
    </message>
</context>
<context>
    <name>mcp-host-ended</name>
    <message>
        <source>The process of the servers ended. Restart the server.</source>
        <translation>Der Prozess der Server ist beendet. Starten Sie den Server neu.</translation>
    </message>
</context>
<context>
    <name>mcp-host-said</name>
    <message>
        <source>The process of the servers ended ({words}). Restart the server.</source>
        <translation>Der Prozess der Server ist beendet ({words}). Starten Sie den Server neu.</translation>
    </message>
</context>
<context>
    <name>mcp-http</name>
    <message>
        <source>It refused with the code {code}. Check the address.</source>
        <translation>Er hat mit dem Code {code} abgelehnt. Prüfen Sie die Adresse.</translation>
    </message>
</context>
<context>
    <name>mcp-missing-secret</name>
    <message>
        <source>The keychain has no secret named {name}. Edit the server: enter the secret, then move it there.</source>
        <translation>Der Schlüsselbund hat kein Geheimnis namens {name}. Bearbeiten Sie den Server: Tragen Sie es ein, und verschieben Sie es dann dorthin.</translation>
    </message>
</context>
<context>
    <name>mcp-missing-variable</name>
    <message>
        <source>The variable {name} isn&apos;t set. Set it and start Presstalk again, or change the server.</source>
        <translation>Die Variable {name} ist nicht gesetzt. Setzen Sie sie und starten Sie Presstalk neu, oder ändern Sie den Server.</translation>
    </message>
</context>
<context>
    <name>mcp-name-taken</name>
    <message>
        <source>There is a server of this name already. Choose another name.</source>
        <translation>Es gibt schon einen Server dieses Namens. Wählen Sie einen anderen Namen.</translation>
    </message>
</context>
<context>
    <name>mcp-no-command</name>
    <message>
        <source>This command can&apos;t be read: a quotation mark is missing.</source>
        <translation>Dieser Befehl ist nicht lesbar: Ein Anführungszeichen fehlt.</translation>
    </message>
</context>
<context>
    <name>mcp-no-json</name>
    <message>
        <source>The file of the MCP servers is not valid JSON. Correct it, or rename it and add them anew.</source>
        <translation>Die Datei der MCP-Server ist kein gültiges JSON. Berichtigen Sie sie, oder benennen Sie sie um und fügen Sie die Server neu hinzu.</translation>
    </message>
</context>
<context>
    <name>mcp-no-object</name>
    <message>
        <source>Its entry isn&apos;t an object.</source>
        <translation>Sein Eintrag ist kein Objekt.</translation>
    </message>
</context>
<context>
    <name>mcp-no-sdk</name>
    <message>
        <source>MCP isn&apos;t installed here. Install Presstalk with the extra “mcp”.</source>
        <translation>MCP ist hier nicht installiert. Installieren Sie Presstalk mit dem Extra „mcp“.</translation>
    </message>
</context>
<context>
    <name>mcp-no-servers</name>
    <message>
        <source>The file has no “mcpServers” object.</source>
        <translation>Die Datei hat kein Objekt „mcpServers“.</translation>
    </message>
</context>
<context>
    <name>mcp-no-way</name>
    <message>
        <source>It has neither a command nor an address.</source>
        <translation>Er hat weder einen Befehl noch eine Adresse.</translation>
    </message>
</context>
<context>
    <name>mcp-not-allowed</name>
    <message>
        <source>This user may not run its command. Check the file&apos;s permissions.</source>
        <translation>Dieser Benutzer darf seinen Befehl nicht ausführen. Prüfen Sie die Rechte der Datei.</translation>
    </message>
</context>
<context>
    <name>mcp-not-found</name>
    <message>
        <source>Its command wasn&apos;t found. Check the name, or give the whole path of the program.</source>
        <translation>Sein Befehl wurde nicht gefunden. Prüfen Sie den Namen, oder geben Sie den ganzen Pfad des Programms an.</translation>
    </message>
</context>
<context>
    <name>mcp-not-read</name>
    <message>
        <source>The file of the MCP servers can&apos;t be read ({reason}).</source>
        <translation>Die Datei der MCP-Server ist nicht lesbar ({reason}).</translation>
    </message>
</context>
<context>
    <name>mcp-not-written</name>
    <message>
        <source>The file of the MCP servers can&apos;t be written ({reason}).</source>
        <translation>Die Datei der MCP-Server lässt sich nicht schreiben ({reason}).</translation>
    </message>
</context>
<context>
    <name>mcp-nothing-found</name>
    <message>
        <source>No other program&apos;s MCP servers were found on this computer.</source>
        <translation>Auf diesem Computer wurden keine MCP-Server anderer Programme gefunden.</translation>
    </message>
</context>
<context>
    <name>mcp-old-transport</name>
    <message>
        <source>It uses the old transport “sse”. Ask for its address with streamable HTTP.</source>
        <translation>Er benutzt den alten Transport „sse“. Fragen Sie nach seiner Adresse für Streamable HTTP.</translation>
    </message>
</context>
<context>
    <name>mcp-other</name>
    <message>
        <source>It can&apos;t be used ({words}).</source>
        <translation>Er ist nicht benutzbar ({words}).</translation>
    </message>
</context>
<context>
    <name>mcp-protocol</name>
    <message>
        <source>It answered with an error: {words}</source>
        <translation>Er hat mit einem Fehler geantwortet: {words}</translation>
    </message>
</context>
<context>
    <name>mcp-redirected</name>
    <message>
        <source>It redirects elsewhere, which isn&apos;t followed. Use the address it names: {words}</source>
        <translation>Er verweist auf eine andere Adresse; dem wird nicht gefolgt. Benutzen Sie die Adresse, die er nennt: {words}</translation>
    </message>
</context>
<context>
    <name>mcp-refused</name>
    <message>
        <source>It can&apos;t be reached ({words}). Check the address.</source>
        <translation>Er ist nicht erreichbar ({words}). Prüfen Sie die Adresse.</translation>
    </message>
</context>
<context>
    <name>mcp-removed</name>
    <message>
        <source>{name} was removed.</source>
        <translation>{name} wurde entfernt.</translation>
    </message>
</context>
<context>
    <name>mcp-saved</name>
    <message>
        <source>{name} was saved.</source>
        <translation>{name} wurde gespeichert.</translation>
    </message>
</context>
<context>
    <name>mcp-secrets-moved</name>
    <message>
        <source>Secrets moved to the keychain: {count}.</source>
        <translation>In den Schlüsselbund verschobene Geheimnisse: {count}.</translation>
    </message>
</context>
<context>
    <name>mcp-slow</name>
    <message>
        <source>It did not answer in time. Check whether it is an MCP server.</source>
        <translation>Er hat nicht rechtzeitig geantwortet. Prüfen Sie, ob es ein MCP-Server ist.</translation>
    </message>
</context>
<context>
    <name>mcp-taken</name>
    <message>
        <source>Servers taken over: {count}. They start now.</source>
        <translation>Übernommene Server: {count}. Sie starten jetzt.</translation>
    </message>
</context>
<context>
    <name>mcp-too-many</name>
    <message>
        <source>There are too many servers: {most} at most.</source>
        <translation>Es sind zu viele Server: höchstens {most}.</translation>
    </message>
</context>
<context>
    <name>mcp-unauthorized</name>
    <message>
        <source>It refused the sign-in (code {code}). Check the headers of its configuration.</source>
        <translation>Er hat die Anmeldung abgelehnt (Code {code}). Prüfen Sie die Header seiner Konfiguration.</translation>
    </message>
</context>
<context>
    <name>microphone</name>
    <message>
        <source>microphone</source>
        <translation>Mikrofon</translation>
    </message>
</context>
<context>
    <name>microphone-hangs</name>
    <message>
        <source>The microphone can&apos;t be opened: the sound system isn&apos;t responding. Restart it, then connect again.</source>
        <translation>Das Mikrofon lässt sich nicht öffnen: Das Audiosystem reagiert nicht. Starten Sie es neu, und verbinden Sie sich dann noch einmal.</translation>
    </message>
</context>
<context>
    <name>microphone-now</name>
    <message>
        <source>Microphone connected: {device}.</source>
        <translation>Mikrofon angeschlossen: {device}.</translation>
    </message>
</context>
<context>
    <name>minutes</name>
    <message>
        <source>{count} minutes</source>
        <translation>{count} Minuten</translation>
    </message>
</context>
<context>
    <name>model-forbidden</name>
    <message>
        <source>This key isn&apos;t allowed to use this model. Use a key that is, or choose another model.</source>
        <translation>Dieser Schlüssel darf dieses Modell nicht benutzen. Nehmen Sie einen, der es darf, oder wählen Sie ein anderes Modell.</translation>
    </message>
</context>
<context>
    <name>model-not-allowed</name>
    <message>
        <source>This key isn&apos;t allowed to use this model. Choose another model, or use a key that is.</source>
        <translation>Dieser Schlüssel darf dieses Modell nicht benutzen. Wählen Sie ein anderes Modell, oder nehmen Sie einen, der es darf.</translation>
    </message>
</context>
<context>
    <name>model-replaced</name>
    <message>
        <source>The provider has retired {model}. Its successor is {successor}.</source>
        <translation>Der Anbieter hat {model} eingestellt. Der Nachfolger ist {successor}.</translation>
    </message>
</context>
<context>
    <name>model-retired</name>
    <message>
        <source>The provider has retired {model}. Choose another model.</source>
        <translation>Der Anbieter hat {model} eingestellt. Wählen Sie ein anderes Modell.</translation>
    </message>
</context>
<context>
    <name>model-unknown</name>
    <message>
        <source>The service doesn&apos;t offer this model. Choose another one.</source>
        <translation>Der Dienst bietet dieses Modell nicht an. Wählen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>money-not-known</name>
    <message>
        <source>—</source>
        <translation>—</translation>
    </message>
</context>
<context>
    <name>money-of-two-currencies</name>
    <message>
        <source>{first} + {second}</source>
        <translation>{first} + {second}</translation>
    </message>
</context>
<context>
    <name>muted</name>
    <message>
        <source>You are muted. Press {key} to be heard again.</source>
        <translation>Sie sind stummgeschaltet. Drücken Sie {key}, um wieder gehört zu werden.</translation>
    </message>
</context>
<context>
    <name>muted-by-lock</name>
    <message>
        <source>The screen was locked, so the microphone was muted. The talk key unmutes it.</source>
        <translation>Der Bildschirm wurde gesperrt und das Mikrofon daher stummgeschaltet. Die Sprechtaste schaltet es wieder ein.</translation>
    </message>
</context>
<context>
    <name>muted-by-sleep</name>
    <message>
        <source>The computer went to sleep, so the microphone was muted. The talk key unmutes it.</source>
        <translation>Der Computer ging in den Ruhezustand, und das Mikrofon wurde daher stummgeschaltet. Die Sprechtaste schaltet es wieder ein.</translation>
    </message>
</context>
<context>
    <name>name-in-url</name>
    <message>
        <source>The {address} contains a name or a password. Leave them out.</source>
        <translation>Die {address} enthält einen Namen oder ein Passwort. Lassen Sie beides weg.</translation>
    </message>
</context>
<context>
    <name>needs-key</name>
    <message>
        <source>{model} needs a key.</source>
        <translation>{model} braucht einen Schlüssel.</translation>
    </message>
</context>
<context>
    <name>network-sign-in</name>
    <message>
        <source>This network wants you to sign in first. Open a browser, sign in, then connect again.</source>
        <translation>Dieses Netzwerk verlangt erst eine Anmeldung. Öffnen Sie einen Browser, melden Sie sich an, und verbinden Sie sich dann neu.</translation>
    </message>
</context>
<context>
    <name>new-models</name>
    <message>
        <source>New models: {names}.</source>
        <translation>Neue Modelle: {names}.</translation>
    </message>
</context>
<context>
    <name>no-answer</name>
    <message>
        <source>No answer came. Press and say it again, or reconnect.</source>
        <translation>Es kam keine Antwort. Drücken Sie und sagen Sie es noch einmal, oder verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>no-answer-in-time</name>
    <message>
        <source>{host} did not answer in time. Check the network and try again.</source>
        <translation>{host} hat nicht rechtzeitig geantwortet. Prüfen Sie das Netzwerk, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>no-balance</name>
    <message>
        <source>The project&apos;s balance is used up. Top it up on the platform, then connect again.</source>
        <translation>Das Guthaben des Projekts ist aufgebraucht. Laden Sie es auf der Plattform auf, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>no-code</name>
    <message>
        <source>{host} sent no code to sign in with. Paste a key instead.</source>
        <translation>{host} hat keinen Anmeldecode gesendet. Fügen Sie stattdessen einen Schlüssel ein.</translation>
    </message>
</context>
<context>
    <name>no-echo-canceller</name>
    <message>
        <source>Echo can&apos;t be cancelled on this computer, so the microphone is muted while the assistant speaks. With headphones, switch that off in the settings.</source>
        <translation>Auf diesem Computer kann das Echo nicht unterdrückt werden. Darum ist das Mikrofon stumm, während der Assistent spricht. Mit Kopfhörern können Sie das in den Einstellungen ausschalten.</translation>
    </message>
</context>
<context>
    <name>no-header</name>
    <message>
        <source>This isn&apos;t a valid header. Example: &quot;Authorization: Bearer abc&quot;.</source>
        <translation>Das ist kein gültiger Header. Beispiel: „Authorization: Bearer abc“.</translation>
    </message>
</context>
<context>
    <name>no-json-object</name>
    <message>
        <source>The arguments are not a JSON object: {reason}</source>
        <translation>Die Argumente sind kein JSON-Objekt: {reason}</translation>
    </message>
</context>
<context>
    <name>no-key</name>
    <message>
        <source>There is no key. Add one in the settings or set OPPER_API_KEY, or choose the offline demo.</source>
        <translation>Es gibt keinen Schlüssel. Fügen Sie in den Einstellungen einen hinzu, setzen Sie OPPER_API_KEY, oder wählen Sie die Offline-Demo.</translation>
    </message>
</context>
<context>
    <name>no-key-to-keep</name>
    <message>
        <source>There is no key to save. Paste one first.</source>
        <translation>Es gibt keinen Schlüssel zum Speichern. Fügen Sie zuerst einen ein.</translation>
    </message>
</context>
<context>
    <name>no-keychain</name>
    <message>
        <source>{failure}: this system has no keychain. {instead}</source>
        <translation>{failure}: Dieses System hat keinen Schlüsselbund. {instead}</translation>
    </message>
</context>
<context>
    <name>no-list</name>
    <message>
        <source>{host} sent no list of models. Check the service address.</source>
        <translation>{host} hat keine Modellliste gesendet. Prüfen Sie die Dienstadresse.</translation>
    </message>
</context>
<context>
    <name>no-microphone</name>
    <message>
        <source>There is no microphone. Plug one in, or type instead.</source>
        <translation>Kein Mikrofon vorhanden. Schließen Sie ein Gerät an, oder schreiben Sie stattdessen.</translation>
    </message>
</context>
<context>
    <name>no-microphone-yet</name>
    <message>
        <source>There is still no microphone. The next one you plug in will be used.</source>
        <translation>Es gibt noch kein Mikrofon. Das nächste, das Sie anschließen, wird benutzt.</translation>
    </message>
</context>
<context>
    <name>no-new-models</name>
    <message>
        <source>No new models.</source>
        <translation>Keine neuen Modelle.</translation>
    </message>
</context>
<context>
    <name>no-picture</name>
    <message>
        <source>There is no picture.</source>
        <translation>Es gibt kein Bild.</translation>
    </message>
</context>
<context>
    <name>no-picture-file</name>
    <message>
        <source>This file isn&apos;t a readable picture. Use JPEG, PNG or WebP.</source>
        <translation>Diese Datei ist kein lesbares Bild. Nehmen Sie JPEG, PNG oder WebP.</translation>
    </message>
</context>
<context>
    <name>no-picture-in-clipboard</name>
    <message>
        <source>There is no picture on the clipboard. Copy one, then try again.</source>
        <translation>In der Zwischenablage ist kein Bild. Kopieren Sie eines, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>no-pictures</name>
    <message>
        <source>{model} can&apos;t see pictures. Nothing was sent.</source>
        <translation>{model} kann keine Bilder sehen. Es wurde nichts gesendet.</translation>
    </message>
</context>
<context>
    <name>no-proxy-there</name>
    <message>
        <source>{proxy} answers, but not as the kind of proxy that is set. Check the proxy setting.</source>
        <translation>{proxy} antwortet, aber nicht als der Proxy, der eingestellt ist. Prüfen Sie die Proxyeinstellung.</translation>
    </message>
</context>
<context>
    <name>no-recognition-in-build</name>
    <message>
        <source>This small build has no speech recognition: type to the demo, or get the full build.</source>
        <translation>Die Spracherkennung fehlt in dieser kleinen Version: Schreiben Sie der Demo, oder installieren Sie die vollständige.</translation>
    </message>
</context>
<context>
    <name>no-screen-capture</name>
    <message>
        <source>This desktop doesn&apos;t let programs capture the screen. Take a screenshot, then paste it here.</source>
        <translation>Dieser Desktop lässt Programme den Bildschirm nicht aufnehmen. Machen Sie ein Bildschirmfoto, und fügen Sie es hier ein.</translation>
    </message>
</context>
<context>
    <name>no-service</name>
    <message>
        <source>There is no realtime service at this address. Check the service address.</source>
        <translation>Unter dieser Adresse gibt es keinen Echtzeitdienst. Prüfen Sie die Dienstadresse.</translation>
    </message>
</context>
<context>
    <name>no-session-in-time</name>
    <message>
        <source>The service accepted the connection but opened no session. Try again.</source>
        <translation>Der Dienst hat die Verbindung angenommen, aber keine Sitzung eröffnet. Versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>no-settings</name>
    <message>
        <source>This file contains no Presstalk settings. Nothing was changed.</source>
        <translation>Diese Datei enthält keine Einstellungen von Presstalk. Es wurde nichts geändert.</translation>
    </message>
</context>
<context>
    <name>no-settings-file</name>
    <message>
        <source>This isn&apos;t a settings file. Choose one that was exported here.</source>
        <translation>Das ist keine Einstellungsdatei. Wählen Sie eine, die hier exportiert wurde.</translation>
    </message>
</context>
<context>
    <name>no-sign-in</name>
    <message>
        <source>You can&apos;t sign in at this address. Check the service address, or paste a key instead.</source>
        <translation>Unter dieser Adresse kann man sich nicht anmelden. Prüfen Sie die Dienstadresse, oder fügen Sie einen Schlüssel ein.</translation>
    </message>
</context>
<context>
    <name>no-sound</name>
    <message>
        <source>No sound from the microphone: check that it is switched on.</source>
        <translation>Kein Ton vom Mikrofon: Prüfen Sie, ob es eingeschaltet ist.</translation>
    </message>
</context>
<context>
    <name>no-speaker</name>
    <message>
        <source>There is no speaker. Plug one in, or read the answers instead.</source>
        <translation>Kein Lautsprecher vorhanden. Schließen Sie ein Gerät an, oder lesen Sie die Antworten.</translation>
    </message>
</context>
<context>
    <name>no-speaker-yet</name>
    <message>
        <source>There is still no speaker. The next one you plug in will be used.</source>
        <translation>Es gibt noch keinen Lautsprecher. Der nächste, den Sie anschließen, wird benutzt.</translation>
    </message>
</context>
<context>
    <name>no-ticket</name>
    <message>
        <source>{host} sent no ticket. Check the {address}, or ask whoever runs it.</source>
        <translation>{host} hat kein Ticket gesendet. Prüfen Sie die {address}, oder fragen Sie den Betreiber.</translation>
    </message>
</context>
<context>
    <name>no-ticket-page</name>
    <message>
        <source>{host} has no tickets at this address. Check the ticket address.</source>
        <translation>Unter dieser Adresse von {host} gibt es keine Tickets. Prüfen Sie die Ticketadresse.</translation>
    </message>
</context>
<context>
    <name>no-tickets-by-post</name>
    <message>
        <source>{host} issues no tickets for POST requests. Check the ticket address.</source>
        <translation>{host} gibt auf POST-Anfragen keine Tickets aus. Prüfen Sie die Ticketadresse.</translation>
    </message>
</context>
<context>
    <name>no-tickets-here</name>
    <message>
        <source>{host} issues no tickets. Check the ticket address, or ask whoever runs it.</source>
        <translation>{host} gibt keine Tickets aus. Prüfen Sie die Ticketadresse, oder fragen Sie den Betreiber.</translation>
    </message>
</context>
<context>
    <name>no-tool</name>
    <message>
        <source>There is no tool named {name}.</source>
        <translation>Es gibt kein Werkzeug namens {name}.</translation>
    </message>
</context>
<context>
    <name>no-tray</name>
    <message>
        <source>This desktop shows no tray, so closing the window ends Presstalk. On GNOME the extension AppIndicator adds one.</source>
        <translation>Dieser Desktop zeigt keinen Infobereich, deshalb beendet das Schließen des Fensters Presstalk. Unter GNOME ergänzt ihn die Erweiterung AppIndicator.</translation>
    </message>
</context>
<context>
    <name>no-url</name>
    <message>
        <source>The {address} isn&apos;t valid. Example: https://api.opper.ai.</source>
        <translation>Die {address} ist ungültig. Beispiel: https://api.opper.ai.</translation>
    </message>
</context>
<context>
    <name>no-voice-in-build</name>
    <message>
        <source>This small build doesn&apos;t include the demo&apos;s voice: answers come as text only.</source>
        <translation>Die Stimme der Demo fehlt in dieser kleinen Version: Antworten kommen nur als Text.</translation>
    </message>
</context>
<context>
    <name>nobody-listens</name>
    <message>
        <source>There is no microphone. Plug one in, or type.</source>
        <translation>Kein Mikrofon vorhanden. Schließen Sie eines an, oder schreiben Sie.</translation>
    </message>
</context>
<context>
    <name>not-answering</name>
    <message>
        <source>Presstalk is running but not responding. Close it and start it again.</source>
        <translation>Presstalk läuft, reagiert aber nicht. Beenden Sie es, und starten Sie es neu.</translation>
    </message>
</context>
<context>
    <name>not-asked-for</name>
    <message>
        <source>{host} sent something other than what was requested. Check the {address}.</source>
        <translation>{host} hat etwas anderes gesendet als angefordert. Prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>not-connected</name>
    <message>
        <source>Not connected. Connect first, then hold to talk.</source>
        <translation>Nicht verbunden. Verbinden Sie sich zuerst, dann zum Sprechen halten.</translation>
    </message>
</context>
<context>
    <name>not-encrypted</name>
    <message>
        <source>The {address} must begin with https://, so that nobody can listen in.</source>
        <translation>Die {address} muss mit https:// beginnen, damit niemand mitlesen kann.</translation>
    </message>
</context>
<context>
    <name>not-found</name>
    <message>
        <source>Presstalk is running, but can&apos;t be reached from here. If it has just started, try again in a moment.</source>
        <translation>Presstalk läuft, ist aber von hier aus nicht zu erreichen. Wenn es gerade erst gestartet ist, versuchen Sie es gleich noch einmal.</translation>
    </message>
</context>
<context>
    <name>not-registered</name>
    <message>
        <source>This program isn&apos;t registered with the service. Paste a key instead.</source>
        <translation>Dieses Programm ist beim Dienst nicht registriert. Fügen Sie stattdessen einen Schlüssel ein.</translation>
    </message>
</context>
<context>
    <name>not-running</name>
    <message>
        <source>Presstalk isn&apos;t running. Start it first.</source>
        <translation>Presstalk läuft nicht. Starten Sie es zuerst.</translation>
    </message>
</context>
<context>
    <name>not-the-service</name>
    <message>
        <source>{host} answers, but is not the realtime service. Check the {address}.</source>
        <translation>{host} antwortet, ist aber nicht der Echtzeitdienst. Prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>not-written</name>
    <message>
        <source>{file} can&apos;t be written ({reason}). Choose another place.</source>
        <translation>{file} lässt sich nicht schreiben ({reason}). Wählen Sie einen anderen Ort.</translation>
    </message>
</context>
<context>
    <name>nothing-answers</name>
    <message>
        <source>Nothing answers at {host}. Check the {address} and that the service is running.</source>
        <translation>Unter {host} antwortet nichts. Prüfen Sie die {address} und ob der Dienst läuft.</translation>
    </message>
</context>
<context>
    <name>notify-answered</name>
    <message>
        <source>The assistant has answered.</source>
        <translation>Der Assistent hat geantwortet.</translation>
    </message>
</context>
<context>
    <name>offline-cant-be-started</name>
    <message>
        <source>The offline demo can&apos;t be started ({reason}).</source>
        <translation>Die Offline-Demo lässt sich nicht starten ({reason}).</translation>
    </message>
</context>
<context>
    <name>offline-demo</name>
    <message>
        <source>Offline demo</source>
        <translation>Offline-Demo</translation>
    </message>
</context>
<context>
    <name>offline-demo-16k</name>
    <message>
        <source>Offline demo, 16 kHz microphone</source>
        <translation>Offline-Demo, Mikrofon mit 16 kHz</translation>
    </message>
</context>
<context>
    <name>offline-not-started</name>
    <message>
        <source>The offline demo did not start. Run `presstalk serve` to see why.</source>
        <translation>Die Offline-Demo ist nicht gestartet. `presstalk serve` zeigt, warum.</translation>
    </message>
</context>
<context>
    <name>offline-not-started-in-time</name>
    <message>
        <source>The offline demo did not start in time. Try again.</source>
        <translation>Die Offline-Demo ist nicht rechtzeitig gestartet. Versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>only-silence</name>
    <message>
        <source>The microphone recorded only silence. Check that it is switched on, or choose another one.</source>
        <translation>Das Mikrofon hat nur Stille aufgenommen. Prüfen Sie, ob es eingeschaltet ist, oder wählen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>open-url</name>
    <message>
        <source>Open {host} in the browser?
{url}</source>
        <translation>{host} im Browser öffnen?
{url}</translation>
    </message>
</context>
<context>
    <name>other-money</name>
    <message>
        <source>{amount} {currency}</source>
        <translation>{amount} {currency}</translation>
    </message>
</context>
<context>
    <name>others-not-lowered</name>
    <message>
        <source>Other programs&apos; sound can&apos;t be lowered: that takes PulseAudio or PipeWire, and pactl (in the package pulseaudio-utils).</source>
        <translation>Der Ton anderer Programme lässt sich nicht senken: Dazu braucht es PulseAudio oder PipeWire und pactl (im Paket pulseaudio-utils).</translation>
    </message>
</context>
<context>
    <name>page-not-ticket</name>
    <message>
        <source>{host} answers with a web page instead of a ticket: you may have to sign in there first. Check the {address}, or ask whoever runs it.</source>
        <translation>{host} antwortet mit einer Webseite statt mit einem Ticket: Vielleicht müssen Sie sich dort erst anmelden. Prüfen Sie die {address}, oder fragen Sie den Betreiber.</translation>
    </message>
</context>
<context>
    <name>permission-not-remembered</name>
    <message>
        <source>Your choice for {tool} holds until Presstalk ends: it could not be saved. Check the disk and the settings&apos; folder, then choose again.</source>
        <translation>Ihre Wahl für {tool} gilt, bis Presstalk endet: Sie konnte nicht gespeichert werden. Prüfen Sie den Datenträger und den Ordner der Einstellungen, und wählen Sie dann erneut.</translation>
    </message>
</context>
<context>
    <name>picture-not-encoded</name>
    <message>
        <source>The picture can&apos;t be saved as JPEG.</source>
        <translation>Das Bild lässt sich nicht als JPEG speichern.</translation>
    </message>
</context>
<context>
    <name>picture-not-read</name>
    <message>
        <source>The file can&apos;t be read ({reason}).</source>
        <translation>Die Datei lässt sich nicht lesen ({reason}).</translation>
    </message>
</context>
<context>
    <name>picture-not-sent</name>
    <message>
        <source>Not connected. Connect first, then show the picture again.</source>
        <translation>Nicht verbunden. Verbinden Sie sich zuerst, und zeigen Sie das Bild dann noch einmal.</translation>
    </message>
</context>
<context>
    <name>picture-sent</name>
    <message>
        <source>Picture sent ({width}×{height}, {kilobytes} kB).</source>
        <translation>Bild gesendet ({width}×{height}, {kilobytes} kB).</translation>
    </message>
</context>
<context>
    <name>picture-too-large</name>
    <message>
        <source>This file is too large. Choose a picture under {megabytes} MB.</source>
        <translation>Diese Datei ist zu groß. Wählen Sie ein Bild unter {megabytes} MB.</translation>
    </message>
</context>
<context>
    <name>picture-too-many-pixels</name>
    <message>
        <source>This picture is too large. Choose one of at most {megapixels} megapixels.</source>
        <translation>Dieses Bild ist zu groß. Wählen Sie eines mit höchstens {megapixels} Megapixeln.</translation>
    </message>
</context>
<context>
    <name>picture-too-slow</name>
    <message>
        <source>Reading this picture takes too long. Choose another one.</source>
        <translation>Dieses Bild zu lesen dauert zu lange. Wählen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>place-not-served</name>
    <message>
        <source>The provider doesn&apos;t offer this model at your location. Choose another model.</source>
        <translation>Der Anbieter bietet dieses Modell an Ihrem Standort nicht an. Wählen Sie ein anderes Modell.</translation>
    </message>
</context>
<context>
    <name>pounds</name>
    <message>
        <source>£{amount}</source>
        <translation>{amount} £</translation>
    </message>
</context>
<context>
    <name>price-dated</name>
    <message>
        <source>{price} (as published on {date})</source>
        <translation>{price} (Stand {date})</translation>
    </message>
</context>
<context>
    <name>price-free</name>
    <message>
        <source>free</source>
        <translation>kostenlos</translation>
    </message>
</context>
<context>
    <name>price-list</name>
    <message>
        <source>{first}, {second}</source>
        <translation>{first}, {second}</translation>
    </message>
</context>
<context>
    <name>price-message</name>
    <message>
        <source>{price} a typed message</source>
        <translation>{price} je getippte Nachricht</translation>
    </message>
</context>
<context>
    <name>price-minute</name>
    <message>
        <source>{price} a minute</source>
        <translation>{price} je Minute</translation>
    </message>
</context>
<context>
    <name>price-tokens</name>
    <message>
        <source>{input} in, {output} out for a million tokens</source>
        <translation>{input} ein, {output} aus je Million Tokens</translation>
    </message>
</context>
<context>
    <name>price-up-to</name>
    <message>
        <source>{most} at most</source>
        <translation>höchstens {most}</translation>
    </message>
</context>
<context>
    <name>program-failed</name>
    <message>
        <source>Something went wrong in Presstalk. Connect again; the log has the details.</source>
        <translation>In Presstalk ist etwas schiefgegangen. Verbinden Sie sich neu; Einzelheiten stehen im Protokoll.</translation>
    </message>
</context>
<context>
    <name>proxy-blocks</name>
    <message>
        <source>The proxy {proxy} doesn&apos;t allow connections to {host}. Ask whoever runs the network to allow it.</source>
        <translation>Der Proxy {proxy} lässt keine Verbindungen zu {host} zu. Bitten Sie den Betreiber des Netzwerks, sie zu erlauben.</translation>
    </message>
</context>
<context>
    <name>proxy-broke-off</name>
    <message>
        <source>The proxy {proxy} broke off the connection to {host}. Try again, or ask whoever runs the network.</source>
        <translation>Der Proxy {proxy} hat die Verbindung zu {host} abgebrochen. Versuchen Sie es noch einmal, oder fragen Sie, wer das Netzwerk betreibt.</translation>
    </message>
</context>
<context>
    <name>proxy-down</name>
    <message>
        <source>The proxy {proxy} can&apos;t be reached. Check the network and the proxy setting, or remove the setting.</source>
        <translation>Der Proxy {proxy} ist nicht erreichbar. Prüfen Sie das Netzwerk und die Proxyeinstellung, oder entfernen Sie die Einstellung.</translation>
    </message>
</context>
<context>
    <name>proxy-fails</name>
    <message>
        <source>The proxy {proxy} can&apos;t reach {host}. Try again in a minute, or ask whoever runs the network.</source>
        <translation>Der Proxy {proxy} erreicht {host} nicht. Versuchen Sie es in einer Minute noch einmal, oder fragen Sie, wer das Netzwerk betreibt.</translation>
    </message>
</context>
<context>
    <name>proxy-kind-unknown</name>
    <message>
        <source>The proxy setting {name} begins with {scheme}://, which isn&apos;t supported. Set an HTTP or SOCKS 5 proxy.</source>
        <translation>Die Proxyeinstellung {name} beginnt mit {scheme}://, das wird nicht unterstützt. Stellen Sie einen HTTP- oder SOCKS-5-Proxy ein.</translation>
    </message>
</context>
<context>
    <name>proxy-not-valid</name>
    <message>
        <source>The proxy setting {name} isn&apos;t valid. Correct it, for example http://proxy.example:3128, or remove it.</source>
        <translation>Die Proxyeinstellung {name} ist ungültig. Korrigieren Sie sie, zum Beispiel http://proxy.example:3128, oder entfernen Sie sie.</translation>
    </message>
</context>
<context>
    <name>proxy-on-the-way</name>
    <message>
        <source>A proxy on the way to {host} asks for a user name and a password. Ask whoever runs the network for its address and set it with both: HTTPS_PROXY=http://name:password@host:port.</source>
        <translation>Ein Proxy auf dem Weg zu {host} verlangt einen Benutzernamen und ein Passwort. Fragen Sie den Betreiber des Netzwerks nach seiner Adresse, und stellen Sie sie mit beidem ein: HTTPS_PROXY=http://name:password@host:port.</translation>
    </message>
</context>
<context>
    <name>proxy-refuses-name</name>
    <message>
        <source>The proxy {proxy} refused the user name or the password. Correct both in the proxy setting.</source>
        <translation>Der Proxy {proxy} hat den Benutzernamen oder das Passwort abgelehnt. Korrigieren Sie beides in der Proxyeinstellung.</translation>
    </message>
</context>
<context>
    <name>proxy-silent</name>
    <message>
        <source>The proxy {proxy} did not answer in time. Check the network and the proxy setting.</source>
        <translation>Der Proxy {proxy} hat nicht rechtzeitig geantwortet. Prüfen Sie das Netzwerk und die Proxyeinstellung.</translation>
    </message>
</context>
<context>
    <name>proxy-unknown</name>
    <message>
        <source>The proxy {proxy} was not found. Check the network and the proxy setting.</source>
        <translation>Der Proxy {proxy} wurde nicht gefunden. Prüfen Sie das Netzwerk und die Proxyeinstellung.</translation>
    </message>
</context>
<context>
    <name>proxy-wants-name</name>
    <message>
        <source>The proxy {proxy} asks for a user name and a password. Put both into the proxy setting: http://name:password@host:port.</source>
        <translation>Der Proxy {proxy} verlangt einen Benutzernamen und ein Passwort. Tragen Sie beides in die Proxyeinstellung ein: http://name:password@host:port.</translation>
    </message>
</context>
<context>
    <name>quota-used-up</name>
    <message>
        <source>The project&apos;s quota at the provider is used up. Raise it on the platform or wait, then connect again.</source>
        <translation>Das Kontingent des Projekts beim Anbieter ist aufgebraucht. Erhöhen Sie es auf der Plattform, oder warten Sie, und verbinden Sie sich dann neu.</translation>
    </message>
</context>
<context>
    <name>reconnected</name>
    <message>
        <source>Reconnected to {model}.</source>
        <translation>Wieder verbunden mit {model}.</translation>
    </message>
</context>
<context>
    <name>recording-both-missing</name>
    <message>
        <source>{one}, {other}</source>
        <translation>{one}, {other}</translation>
    </message>
</context>
<context>
    <name>recording-frames-missing</name>
    <message>
        <source>{count} frames</source>
        <translation>{count} Frames</translation>
    </message>
</context>
<context>
    <name>recording-later-format</name>
    <message>
        <source>A later version of the program made this recording: some of it may not be shown.</source>
        <translation>Eine neuere Version des Programms hat diese Aufzeichnung gemacht: Manches wird vielleicht nicht angezeigt.</translation>
    </message>
</context>
<context>
    <name>recording-marks-missing</name>
    <message>
        <source>{count} marks</source>
        <translation>{count} Marken</translation>
    </message>
</context>
<context>
    <name>recording-parts-missing</name>
    <message>
        <source>Some of this recording can&apos;t be read: {what}.</source>
        <translation>Von dieser Aufzeichnung ist nicht alles lesbar. Es fehlt: {what}.</translation>
    </message>
</context>
<context>
    <name>recording-session-missing</name>
    <message>
        <source>how the session was opened</source>
        <translation>wie die Sitzung geöffnet wurde</translation>
    </message>
</context>
<context>
    <name>recording-sound-missing</name>
    <message>
        <source>{seconds} s of sound</source>
        <translation>{seconds} s Ton</translation>
    </message>
</context>
<context>
    <name>redirects-away</name>
    <message>
        <source>{host} redirects to {there}, and no key is sent there. If this network has a sign-in page, open a browser and sign in; otherwise check the {address}.</source>
        <translation>{host} leitet zu {there} weiter, und dorthin wird kein Schlüssel gesendet. Wenn dieses Netzwerk eine Anmeldeseite hat, öffnen Sie einen Browser, und melden Sie sich an; sonst prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>redirects-in-a-circle</name>
    <message>
        <source>{host} redirects requests in a loop. Check the {address}.</source>
        <translation>{host} leitet Anfragen im Kreis weiter. Prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>redirects-nowhere</name>
    <message>
        <source>{host} redirects to an address that isn&apos;t valid. Check the {address}.</source>
        <translation>{host} leitet zu einer ungültigen Adresse weiter. Prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>redirects-to-this-computer</name>
    <message>
        <source>{host} redirects requests to this computer. Check the {address}.</source>
        <translation>{host} leitet Anfragen an diesen Computer weiter. Prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>replay-from-a-page</name>
    <message>
        <source>Pages of other sites can&apos;t open a replay.</source>
        <translation>Seiten anderer Websites können keine Wiedergabe öffnen.</translation>
    </message>
</context>
<context>
    <name>replay-other-format</name>
    <message>
        <source>This recording&apos;s sound is {recorded}; it can&apos;t be replayed as {asked}.</source>
        <translation>Der Ton dieser Aufzeichnung ist {recorded}; als {asked} kann er nicht wiedergegeben werden.</translation>
    </message>
</context>
<context>
    <name>replay-stuck</name>
    <message>
        <source>The recording waits for {kind} here, and your client sent none in {seconds} seconds.</source>
        <translation>Die Aufzeichnung wartet hier auf {kind}, und Ihr Client hat in {seconds} Sekunden nichts davon gesendet.</translation>
    </message>
</context>
<context>
    <name>request-not-taken</name>
    <message>
        <source>The provider didn&apos;t accept what was sent. Check the model and its settings, then connect again.</source>
        <translation>Der Anbieter hat das Gesendete nicht angenommen. Prüfen Sie das Modell und seine Einstellungen, und verbinden Sie sich dann neu.</translation>
    </message>
</context>
<context>
    <name>rests-quietly</name>
    <message>
        <source>Nobody spoke for a while, so the session rests. Press to talk again.</source>
        <translation>Eine Weile hat niemand gesprochen, daher ruht die Sitzung. Drücken Sie, um weiterzusprechen.</translation>
    </message>
</context>
<context>
    <name>rests-saving</name>
    <message>
        <source>Resting, which saves {price} a minute. Press to talk again.</source>
        <translation>Die Sitzung ruht, das spart {price} je Minute. Drücken Sie, um weiterzusprechen.</translation>
    </message>
</context>
<context>
    <name>saved</name>
    <message>
        <source>Saved as {file}.</source>
        <translation>Gespeichert als {file}.</translation>
    </message>
</context>
<context>
    <name>saying</name>
    <message>
        <source>{message} It said: {words}</source>
        <translation>{message} Seine Meldung: {words}</translation>
    </message>
</context>
<context>
    <name>secret-anywhere</name>
    <message>
        <source>The {secret} was not sent to {there} before. Send it there from now on?</source>
        <translation>{secret}: bisher nicht an {there} gesendet. Von jetzt an dorthin senden?</translation>
    </message>
</context>
<context>
    <name>secret-not-kept</name>
    <message>
        <source>The {secret} can&apos;t be saved</source>
        <translation>{secret} nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>secret-not-removed</name>
    <message>
        <source>The {secret} can&apos;t be removed</source>
        <translation>{secret} nicht entfernt</translation>
    </message>
</context>
<context>
    <name>secret-not-sent</name>
    <message>
        <source>The {secret} was not sent to {there}. Check the addresses in the settings.</source>
        <translation>{secret}: nicht an {there} gesendet. Prüfen Sie die Adressen in den Einstellungen.</translation>
    </message>
</context>
<context>
    <name>sent-by-cap</name>
    <message>
        <source>That was {seconds} seconds of speech, so it was sent. Press again to continue.</source>
        <translation>Das waren {seconds} Sekunden am Stück, daher wurde gesendet. Drücken Sie noch einmal, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>sent-by-focus</name>
    <message>
        <source>The window lost focus, so what you said was sent.</source>
        <translation>Das Fenster ist nicht mehr im Vordergrund; das Gesagte wurde daher gesendet.</translation>
    </message>
</context>
<context>
    <name>sent-by-lock</name>
    <message>
        <source>The screen was locked, so what you said was sent.</source>
        <translation>Der Bildschirm wurde gesperrt; das Gesagte wurde daher gesendet.</translation>
    </message>
</context>
<context>
    <name>sent-by-sleep</name>
    <message>
        <source>The computer went to sleep, so what you said was sent.</source>
        <translation>Der Computer ging in den Ruhezustand; das Gesagte wurde daher gesendet.</translation>
    </message>
</context>
<context>
    <name>sent-to-this-computer</name>
    <message>
        <source>{host} refers this program to this computer itself. Tell whoever runs it.</source>
        <translation>{host} verweist dieses Programm auf diesen Computer selbst. Melden Sie es dem Betreiber.</translation>
    </message>
</context>
<context>
    <name>sent-unencrypted</name>
    <message>
        <source>{host} gives an address that is not encrypted. Tell whoever runs it.</source>
        <translation>{host} nennt eine Adresse, die nicht verschlüsselt ist. Melden Sie es dem Betreiber.</translation>
    </message>
</context>
<context>
    <name>service-failed</name>
    <message>
        <source>The service is having problems. Try again in a minute.</source>
        <translation>Der Dienst hat gerade Probleme. Versuchen Sie es in einer Minute noch einmal.</translation>
    </message>
</context>
<context>
    <name>session-against-rules</name>
    <message>
        <source>The service ended the session under its rules{reason}. Connect again to continue.</source>
        <translation>Der Dienst hat die Sitzung nach seinen Regeln beendet{reason}. Verbinden Sie sich neu, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>session-broken-off</name>
    <message>
        <source>The service aborted the session{reason}.</source>
        <translation>Der Dienst hat die Sitzung abgebrochen{reason}.</translation>
    </message>
</context>
<context>
    <name>session-closed</name>
    <message>
        <source>The service closed the session{reason}.</source>
        <translation>Der Dienst hat die Sitzung geschlossen{reason}.</translation>
    </message>
</context>
<context>
    <name>session-elsewhere</name>
    <message>
        <source>{home} hands the session on to {there}. Send what you say to {there} from now on?</source>
        <translation>{home} gibt die Sitzung an {there} weiter. Was Sie sagen, von jetzt an an {there} senden?</translation>
    </message>
</context>
<context>
    <name>session-ended</name>
    <message>
        <source>The service ended the session. Connect again to continue.</source>
        <translation>Der Dienst hat die Sitzung beendet. Verbinden Sie sich neu, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>session-ended-saying</name>
    <message>
        <source>{words} Connect again to continue.</source>
        <translation>{words} Verbinden Sie sich neu, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>session-expired</name>
    <message>
        <source>The session reached its maximum duration. Connect again to continue.</source>
        <translation>Die Sitzung hat ihre Höchstdauer erreicht. Verbinden Sie sich neu, um fortzufahren.</translation>
    </message>
</context>
<context>
    <name>session-idle</name>
    <message>
        <source>Nobody spoke for a while, so the service closed the session. Press to talk again.</source>
        <translation>Eine Weile hat niemand gesprochen, daher hat der Dienst die Sitzung beendet. Drücken Sie, um weiterzusprechen.</translation>
    </message>
</context>
<context>
    <name>session-not-opened</name>
    <message>
        <source>{home} hands the session on to {there}, where it was not opened. Tell whoever runs it.</source>
        <translation>{home} gibt die Sitzung an {there} weiter; dort wurde sie nicht geöffnet. Sagen Sie dem Betreiber Bescheid.</translation>
    </message>
</context>
<context>
    <name>session-not-renewed</name>
    <message>
        <source>A new session could not be opened.</source>
        <translation>Eine neue Sitzung ließ sich nicht eröffnen.</translation>
    </message>
</context>
<context>
    <name>session-refused</name>
    <message>
        <source>The service refused the session.</source>
        <translation>Der Dienst hat die Sitzung abgelehnt.</translation>
    </message>
</context>
<context>
    <name>session-renewed</name>
    <message>
        <source>The session was renewed before it expired. The conversation continues.</source>
        <translation>Die Sitzung wurde vor ihrem Ablauf erneuert. Das Gespräch geht weiter.</translation>
    </message>
</context>
<context>
    <name>sessions-full</name>
    <message>
        <source>The project has too many sessions open. Close one, wait a moment, then try again.</source>
        <translation>Das Projekt hat zu viele offene Sitzungen. Schließen Sie eine, warten Sie etwas, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>settings-exported</name>
    <message>
        <source>Exported to {file}, without the key.</source>
        <translation>Exportiert nach {file}, ohne den Schlüssel.</translation>
    </message>
</context>
<context>
    <name>settings-imported</name>
    <message>
        <source>Imported from {file}. The key was not touched.</source>
        <translation>Importiert aus {file}. Der Schlüssel blieb unberührt.</translation>
    </message>
</context>
<context>
    <name>settings-imported-without-addresses</name>
    <message>
        <source>Imported from {file}, without its addresses ({hosts}): your key would be sent there. Set them yourself if you trust them. The key was not touched.</source>
        <translation>Aus {file} importiert, ohne die Adressen darin ({hosts}): Ihr Schlüssel würde dorthin gesendet. Tragen Sie sie selbst ein, wenn Sie ihnen vertrauen. Der Schlüssel blieb unberührt.</translation>
    </message>
</context>
<context>
    <name>settings-not-exported</name>
    <message>
        <source>{file} can&apos;t be written ({reason}). Choose another place.</source>
        <translation>{file} lässt sich nicht schreiben ({reason}). Wählen Sie einen anderen Ort.</translation>
    </message>
</context>
<context>
    <name>settings-not-read</name>
    <message>
        <source>The file can&apos;t be read ({reason}).</source>
        <translation>Die Datei lässt sich nicht lesen ({reason}).</translation>
    </message>
</context>
<context>
    <name>settings-not-written</name>
    <message>
        <source>The settings can&apos;t be saved ({reason}). They apply until you quit, and saving is tried again.</source>
        <translation>Die Einstellungen lassen sich nicht speichern ({reason}). Sie gelten, bis Sie das Programm beenden, und das Speichern wird wiederholt.</translation>
    </message>
</context>
<context>
    <name>settings-reset</name>
    <message>
        <source>The settings are back to their defaults.</source>
        <translation>Die Einstellungen stehen wieder auf dem Standard.</translation>
    </message>
</context>
<context>
    <name>settings-set-aside</name>
    <message>
        <source>The settings could not be read and are back at their defaults. The old file was kept as {file}.</source>
        <translation>Die Einstellungen ließen sich nicht lesen und stehen wieder auf dem Standard. Die alte Datei heißt jetzt {file}.</translation>
    </message>
</context>
<context>
    <name>settings-too-large</name>
    <message>
        <source>This file is too large to hold settings. Choose one that was exported here.</source>
        <translation>Diese Datei ist zu groß für Einstellungen. Wählen Sie eine, die hier exportiert wurde.</translation>
    </message>
</context>
<context>
    <name>settings-unread</name>
    <message>
        <source>Some settings could not be read and are at their defaults: {names}. Choose them again.</source>
        <translation>Einige Einstellungen ließen sich nicht lesen und stehen auf dem Standard: {names}. Wählen Sie sie neu.</translation>
    </message>
</context>
<context>
    <name>sign-in-broken-key</name>
    <message>
        <source>{host} sent an invalid key. Paste a key instead.</source>
        <translation>{host} hat einen ungültigen Schlüssel gesendet. Fügen Sie stattdessen einen Schlüssel ein.</translation>
    </message>
</context>
<context>
    <name>sign-in-declined</name>
    <message>
        <source>The sign-in was declined in the browser. Nothing was changed.</source>
        <translation>Die Anmeldung wurde im Browser abgelehnt. Es wurde nichts geändert.</translation>
    </message>
</context>
<context>
    <name>sign-in-page</name>
    <message>
        <source>sign-in page&apos;s address</source>
        <translation>Adresse der Anmeldeseite</translation>
    </message>
</context>
<context>
    <name>sign-in-refused</name>
    <message>
        <source>The service doesn&apos;t allow this program to sign in. Paste a key instead.</source>
        <translation>Der Dienst erlaubt diesem Programm keine Anmeldung. Fügen Sie stattdessen einen Schlüssel ein.</translation>
    </message>
</context>
<context>
    <name>signed-in</name>
    <message>
        <source>Signed in. The key is stored in this system&apos;s keychain.</source>
        <translation>Angemeldet. Der Schlüssel ist im Schlüsselbund dieses Systems gespeichert.</translation>
    </message>
</context>
<context>
    <name>somebody-speaks</name>
    <message>
        <source>Not while someone is speaking. Try again in a moment.</source>
        <translation>Nicht, solange jemand spricht. Versuchen Sie es gleich noch einmal.</translation>
    </message>
</context>
<context>
    <name>sound-broken</name>
    <message>
        <source>{path} is broken: no sound can be found in it. Record it again, or try to repair it: {command}</source>
        <translation>{path} ist beschädigt: Es ist kein Ton darin zu finden. Nehmen Sie ihn neu auf, oder versuchen Sie, die Datei zu reparieren: {command}</translation>
    </message>
</context>
<context>
    <name>sound-cancels</name>
    <message>
        <source>The channels of {path} cancel each other out, so only channel {channel} is sent.</source>
        <translation>Die Kanäle von {path} löschen sich gegenseitig aus, deshalb wird nur Kanal {channel} gesendet.</translation>
    </message>
</context>
<context>
    <name>sound-channels</name>
    <message>
        <source>{path} has {channels} channels; it must be between 1 and {most}. Convert it: {command}</source>
        <translation>{path} hat {channels} Kanäle; es müssen zwischen 1 und {most} sein. Wandeln Sie die Datei um: {command}</translation>
    </message>
</context>
<context>
    <name>sound-cut-off</name>
    <message>
        <source>{path} is cut off or damaged: only {seconds} seconds of it can be read.</source>
        <translation>{path} ist abgeschnitten oder beschädigt: Nur {seconds} Sekunden davon sind lesbar.</translation>
    </message>
</context>
<context>
    <name>sound-empty</name>
    <message>
        <source>{path} contains no sound. Record it again or choose another file.</source>
        <translation>{path} enthält keinen Ton. Nehmen Sie ihn neu auf, oder wählen Sie eine andere Datei.</translation>
    </message>
</context>
<context>
    <name>sound-library-missing</name>
    <message>
        <source>Sound files need the libsndfile library, which is not installed. Install it (on Debian and Ubuntu, the package libsndfile1) and try again.</source>
        <translation>Audiodateien brauchen die Bibliothek libsndfile, die nicht installiert ist. Installieren Sie sie (unter Debian und Ubuntu das Paket libsndfile1), und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>sound-not-copied</name>
    <message>
        <source>{path} is not a plain file, and more than {most} MB come out of it. Save a part of it as a file first.</source>
        <translation>{path} ist keine gewöhnliche Datei, und es kommen mehr als {most} MB heraus. Speichern Sie zuerst einen Teil davon als Datei.</translation>
    </message>
</context>
<context>
    <name>sound-not-kept</name>
    <message>
        <source>The sound of that is no longer available.</source>
        <translation>Der Ton davon ist nicht mehr vorhanden.</translation>
    </message>
</context>
<context>
    <name>sound-not-read</name>
    <message>
        <source>{path} can&apos;t be read ({reason}). Choose another file.</source>
        <translation>{path} ist nicht lesbar ({reason}). Wählen Sie eine andere Datei.</translation>
    </message>
</context>
<context>
    <name>sound-not-read-on</name>
    <message>
        <source>{path} can&apos;t be read any further ({reason}): only its first {seconds} seconds are sent.</source>
        <translation>{path} ist nicht weiter lesbar ({reason}): Nur die ersten {seconds} Sekunden werden gesendet.</translation>
    </message>
</context>
<context>
    <name>sound-not-there</name>
    <message>
        <source>There is no file {path}. Check the path.</source>
        <translation>Es gibt keine Datei {path}. Prüfen Sie den Pfad.</translation>
    </message>
</context>
<context>
    <name>sound-of-other-encoding</name>
    <message>
        <source>{path} has an encoding that Presstalk can&apos;t read. Convert it: {command}</source>
        <translation>{path} hat eine Kodierung, die Presstalk nicht lesen kann. Wandeln Sie die Datei um: {command}</translation>
    </message>
</context>
<context>
    <name>sound-of-other-kind</name>
    <message>
        <source>{path} is {kind}, which Presstalk can&apos;t read. Convert it: {command}</source>
        <translation>{path} ist {kind}; das kann Presstalk nicht lesen. Wandeln Sie die Datei um: {command}</translation>
    </message>
</context>
<context>
    <name>sound-rate</name>
    <message>
        <source>{path} has a sample rate of {rate} Hz; it must be between {lowest} and {highest} Hz. Record it again, or convert it: {command}</source>
        <translation>{path} hat eine Abtastrate von {rate} Hz; sie muss zwischen {lowest} und {highest} Hz liegen. Nehmen Sie den Ton neu auf, oder wandeln Sie die Datei um: {command}</translation>
    </message>
</context>
<context>
    <name>sound-server-gone</name>
    <message>
        <source>The {kind} can&apos;t be opened: the system&apos;s sound server isn&apos;t running. It will be used once it is back.</source>
        <translation>{kind} lässt sich nicht öffnen: Der Audiodienst des Systems läuft nicht. Sobald er wieder läuft, wird das Gerät benutzt.</translation>
    </message>
</context>
<context>
    <name>sound-stuck</name>
    <message>
        <source>The sound system has stopped, and it can&apos;t be used again from here. Restart Presstalk once it is back; until then you can type.</source>
        <translation>Das Audiosystem läuft nicht mehr und lässt sich von hier aus nicht wieder benutzen. Starten Sie Presstalk neu, sobald es wieder läuft; bis dahin können Sie tippen.</translation>
    </message>
</context>
<context>
    <name>sound-system-broken</name>
    <message>
        <source>The sound system won&apos;t start. Restart it and try again.</source>
        <translation>Das Audiosystem startet nicht. Starten Sie es neu und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>sound-too-long</name>
    <message>
        <source>{path} is longer than {hours} hours, the most for one turn. Cut it: {command}</source>
        <translation>{path} ist länger als {hours} Stunden; mehr geht nicht auf einmal. Kürzen Sie die Datei: {command}</translation>
    </message>
</context>
<context>
    <name>sound-unknown</name>
    <message>
        <source>{path} is not a sound file. If it contains sound, convert it: {command}</source>
        <translation>{path} ist keine Audiodatei. Falls sie Ton enthält, wandeln Sie sie um: {command}</translation>
    </message>
</context>
<context>
    <name>sound-without-room</name>
    <message>
        <source>{path} is not a plain file, and it can&apos;t be copied into a temporary one ({reason}). Save it as a file first.</source>
        <translation>{path} ist keine gewöhnliche Datei und lässt sich nicht in eine temporäre kopieren ({reason}). Speichern Sie den Ton zuerst als Datei.</translation>
    </message>
</context>
<context>
    <name>source-again</name>
    <message>
        <source>Failed; starts again in {seconds} s</source>
        <translation>Fehlgeschlagen; startet in {seconds} s neu</translation>
    </message>
</context>
<context>
    <name>source-failed</name>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>source-off</name>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
</context>
<context>
    <name>source-ready</name>
    <message>
        <source>Ready, tools: {count}</source>
        <translation>Bereit, Werkzeuge: {count}</translation>
    </message>
</context>
<context>
    <name>source-starting</name>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
</context>
<context>
    <name>speaker</name>
    <message>
        <source>speaker</source>
        <translation>Lautsprecher</translation>
    </message>
</context>
<context>
    <name>speaker-hangs</name>
    <message>
        <source>The speaker can&apos;t be opened: the sound system isn&apos;t responding. Restart it, then connect again.</source>
        <translation>Der Lautsprecher lässt sich nicht öffnen: Das Audiosystem reagiert nicht. Starten Sie es neu, und verbinden Sie sich dann noch einmal.</translation>
    </message>
</context>
<context>
    <name>speaker-now</name>
    <message>
        <source>Speaker connected: {device}.</source>
        <translation>Lautsprecher angeschlossen: {device}.</translation>
    </message>
</context>
<context>
    <name>speaks-no-tls</name>
    <message>
        <source>{host} answers, but not with TLS. Check the address and its port.</source>
        <translation>{host} antwortet, aber nicht mit TLS. Prüfen Sie die Adresse und ihren Port.</translation>
    </message>
</context>
<context>
    <name>still-connecting</name>
    <message>
        <source>Still connecting. Hold to talk once it is ready.</source>
        <translation>Die Verbindung wird noch aufgebaut. Zum Sprechen halten, sobald sie bereit ist.</translation>
    </message>
</context>
<context>
    <name>still-listening</name>
    <message>
        <source>Still listening: this will be sent in {seconds} seconds.</source>
        <translation>Es wird noch zugehört: In {seconds} Sekunden wird gesendet.</translation>
    </message>
</context>
<context>
    <name>text-not-sent</name>
    <message>
        <source>Not connected. Connect first; your text stays in the line.</source>
        <translation>Nicht verbunden. Verbinden Sie sich zuerst; Ihr Text bleibt in der Zeile.</translation>
    </message>
</context>
<context>
    <name>text-stays</name>
    <message>
        <source>Not connected. Your text stays in the line until it can be sent.</source>
        <translation>Nicht verbunden. Ihr Text bleibt in der Zeile, bis er gesendet werden kann.</translation>
    </message>
</context>
<context>
    <name>text-too-long</name>
    <message>
        <source>That is too long to send: {most} characters at most. Nothing was pasted.</source>
        <translation>Das ist zu lang zum Senden: höchstens {most} Zeichen. Es wurde nichts eingefügt.</translation>
    </message>
</context>
<context>
    <name>ticket-address</name>
    <message>
        <source>ticket address</source>
        <translation>Ticketadresse</translation>
    </message>
</context>
<context>
    <name>ticket-balance-used-up</name>
    <message>
        <source>The balance behind {host} is used up. Ask whoever runs it to top it up.</source>
        <translation>Das Guthaben hinter {host} ist aufgebraucht. Bitten Sie den Betreiber, es aufzuladen.</translation>
    </message>
</context>
<context>
    <name>ticket-header-refused</name>
    <message>
        <source>{host} refused access. Check the ticket address and its header in the settings.</source>
        <translation>{host} hat den Zugang verweigert. Prüfen Sie in den Einstellungen die Ticketadresse und ihren Header.</translation>
    </message>
</context>
<context>
    <name>ticket-model-not-allowed</name>
    <message>
        <source>This ticket isn&apos;t valid for this model. Choose another model, or ask whoever issues the tickets.</source>
        <translation>Dieses Ticket gilt nicht für dieses Modell. Wählen Sie ein anderes Modell, oder fragen Sie, wer die Tickets ausgibt.</translation>
    </message>
</context>
<context>
    <name>ticket-not-given</name>
    <message>
        <source>{host} won&apos;t give you a ticket. Ask whoever runs it for access.</source>
        <translation>{host} gibt Ihnen kein Ticket. Bitten Sie den Betreiber um Zugang.</translation>
    </message>
</context>
<context>
    <name>ticket-refused</name>
    <message>
        <source>The ticket was refused: it was already used or is too old. Connect again for a new one.</source>
        <translation>Das Ticket wurde abgelehnt: Es wurde schon benutzt oder ist zu alt. Verbinden Sie sich neu, um ein neues zu erhalten.</translation>
    </message>
</context>
<context>
    <name>ticket-request-refused</name>
    <message>
        <source>{host} did not accept the request for a ticket. Ask whoever runs it.</source>
        <translation>{host} hat die Ticketanfrage nicht angenommen. Fragen Sie den Betreiber.</translation>
    </message>
</context>
<context>
    <name>ticket-service-failed</name>
    <message>
        <source>{host} is having problems. Try again in a minute.</source>
        <translation>{host} hat gerade Probleme. Versuchen Sie es in einer Minute noch einmal.</translation>
    </message>
</context>
<context>
    <name>timer</name>
    <message>
        <source>Timer: {label}</source>
        <translation>Timer: {label}</translation>
    </message>
</context>
<context>
    <name>timer-up</name>
    <message>
        <source>Time&apos;s up.</source>
        <translation>Der Timer ist abgelaufen.</translation>
    </message>
</context>
<context>
    <name>timers-go-on</name>
    <message>
        <source>A timer is still running. Press {key} to stop it.</source>
        <translation>Ein Timer läuft noch. Drücken Sie {key}, um ihn zu stoppen.</translation>
    </message>
</context>
<context>
    <name>timers-stopped</name>
    <message>
        <source>The timers were stopped.</source>
        <translation>Die Timer wurden gestoppt.</translation>
    </message>
</context>
<context>
    <name>tls-broken-off</name>
    <message>
        <source>{host} broke off while setting up the secure connection. Check the network and try again.</source>
        <translation>{host} hat den Aufbau der sicheren Verbindung abgebrochen. Prüfen Sie das Netzwerk, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>tls-not-agreed</name>
    <message>
        <source>No secure connection to {host} could be agreed on. Check the network, and whether a proxy is in between.</source>
        <translation>Mit {host} ließ sich keine sichere Verbindung vereinbaren. Prüfen Sie das Netzwerk und ob ein Proxy dazwischen ist.</translation>
    </message>
</context>
<context>
    <name>too-few-threads</name>
    <message>
        <source>The system allows too few threads: {needed} are needed. Close other programs, or raise the limit (`ulimit -u`, in a container its limit of processes).</source>
        <translation>Das System erlaubt zu wenige Threads: {needed} werden gebraucht. Schließen Sie andere Programme oder erhöhen Sie die Grenze (`ulimit -u`, in einem Container dessen Grenze für Prozesse).</translation>
    </message>
</context>
<context>
    <name>too-little-memory</name>
    <message>
        <source>Too little memory is allowed: {allowed_gb} GB of address space, where {needed_gb} GB are needed. `ulimit -v unlimited` lifts the limit.</source>
        <translation>Es ist zu wenig Speicher erlaubt: {allowed_gb} GB Adressraum, gebraucht werden {needed_gb} GB. `ulimit -v unlimited` hebt die Grenze auf.</translation>
    </message>
</context>
<context>
    <name>too-many-pictures</name>
    <message>
        <source>Too many pictures at once. Wait until the others are sent.</source>
        <translation>Zu viele Bilder auf einmal. Warten Sie, bis die anderen gesendet sind.</translation>
    </message>
</context>
<context>
    <name>too-many-sessions</name>
    <message>
        <source>The project has too many sessions open. Close one, wait a moment, then connect again.</source>
        <translation>Das Projekt hat zu viele offene Sitzungen. Schließen Sie eine, warten Sie etwas, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>too-many-sign-ins</name>
    <message>
        <source>Too many sign-in attempts. Wait a moment, then try again.</source>
        <translation>Zu viele Anmeldeversuche. Warten Sie etwas, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>too-many-tickets</name>
    <message>
        <source>{host} issues no more tickets for now. Wait a moment, then connect again.</source>
        <translation>{host} gibt zurzeit keine Tickets mehr aus. Warten Sie etwas, und verbinden Sie sich neu.</translation>
    </message>
</context>
<context>
    <name>tool-asking</name>
    <message>
        <source>waits for your approval</source>
        <translation>wartet auf Ihre Freigabe</translation>
    </message>
</context>
<context>
    <name>tool-cancelled</name>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>tool-cut-short</name>
    <message>
        <source>cut short</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>tool-denied</name>
    <message>
        <source>not allowed</source>
        <translation>nicht erlaubt</translation>
    </message>
</context>
<context>
    <name>tool-done</name>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
</context>
<context>
    <name>tool-dropped</name>
    <message>
        <source>connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
</context>
<context>
    <name>tool-ended</name>
    <message>
        <source>session ended</source>
        <translation>Sitzung beendet</translation>
    </message>
</context>
<context>
    <name>tool-failed</name>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>tool-late</name>
    <message>
        <source>too late</source>
        <translation>zu spät</translation>
    </message>
</context>
<context>
    <name>tool-refused</name>
    <message>
        <source>too many at once</source>
        <translation>zu viele auf einmal</translation>
    </message>
</context>
<context>
    <name>tool-running</name>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
</context>
<context>
    <name>tool-running-on</name>
    <message>
        <source>still running; you can talk on</source>
        <translation>läuft noch; Sie können weitersprechen</translation>
    </message>
</context>
<context>
    <name>tool-secret</name>
    <message>
        <source>secret</source>
        <translation>Geheimnis</translation>
    </message>
</context>
<context>
    <name>tool-secret-instead</name>
    <message>
        <source>Use a variable of the environment instead.</source>
        <translation>Benutzen Sie stattdessen eine Umgebungsvariable.</translation>
    </message>
</context>
<context>
    <name>tool-waiting</name>
    <message>
        <source>done; told as soon as nobody speaks</source>
        <translation>fertig; das Ergebnis folgt, sobald niemand spricht</translation>
    </message>
</context>
<context>
    <name>translates</name>
    <message>
        <source>Hold the talk key, speak, and hear it in {language}. The model gives no answers and uses no tools.</source>
        <translation>Halten Sie die Sprechtaste, und sprechen Sie: Sie hören es in dieser Sprache: {language}. Das Modell antwortet nicht und benutzt keine Werkzeuge.</translation>
    </message>
</context>
<context>
    <name>unknown-audio-format</name>
    <message>
        <source>The service uses the audio format {format}; this program supports only pcm16. Choose another model.</source>
        <translation>Der Dienst benutzt das Audioformat {format}; dieses Programm unterstützt nur pcm16. Wählen Sie ein anderes Modell.</translation>
    </message>
</context>
<context>
    <name>unnamed-error</name>
    <message>
        <source>The service reported an error without a message.</source>
        <translation>Der Dienst hat einen Fehler ohne Beschreibung gemeldet.</translation>
    </message>
</context>
<context>
    <name>unreachable</name>
    <message>
        <source>{host} can&apos;t be reached. Check the network and try again.</source>
        <translation>{host} ist nicht erreichbar. Prüfen Sie das Netzwerk, und versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>up-to-here</name>
    <message>
        <source>Up to here: the conversation from {date}, which was cut short.</source>
        <translation>Bis hierher: das Gespräch vom {date}, das abgebrochen wurde.</translation>
    </message>
</context>
<context>
    <name>update-refused</name>
    <message>
        <source>The service didn&apos;t accept the change. It is possible with a new session.</source>
        <translation>Der Dienst hat die Änderung nicht angenommen. Mit einer neuen Sitzung ist sie möglich.</translation>
    </message>
</context>
<context>
    <name>verbatim</name>
    <message>
        <source>{words}</source>
        <translation>{words}</translation>
    </message>
</context>
<context>
    <name>wav-not-written</name>
    <message>
        <source>{path} can&apos;t be written ({reason}). Choose another place.</source>
        <translation>{path} lässt sich nicht schreiben ({reason}). Wählen Sie einen anderen Ort.</translation>
    </message>
</context>
<context>
    <name>web-fetch</name>
    <message>
        <source>Let the assistant read a page of {host}?
{url}</source>
        <translation>Darf der Assistent eine Seite von {host} lesen?
{url}</translation>
    </message>
</context>
<context>
    <name>web-page-answers</name>
    <message>
        <source>{host} answers with a web page. If this network has a sign-in page, open a browser and sign in; otherwise check the {address}.</source>
        <translation>{host} antwortet mit einer Webseite. Wenn dieses Netzwerk eine Anmeldeseite hat, öffnen Sie einen Browser, und melden Sie sich an; sonst prüfen Sie die {address}.</translation>
    </message>
</context>
<context>
    <name>web-search</name>
    <message>
        <source>Search the web for “{query}”?</source>
        <translation>Im Web nach „{query}“ suchen?</translation>
    </message>
</context>
<context>
    <name>without-session</name>
    <message>
        <source>{message} No session was opened.</source>
        <translation>{message} Es wurde keine Sitzung eröffnet.</translation>
    </message>
</context>
</TS>
