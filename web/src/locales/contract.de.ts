//! The words of the contract and of the forms' model in German. They come from the core in English: titles and descriptions
//! of the schemas, and what the model of the forms says of them. Messages of rules are not among them, for they are the same
//! everywhere.
//!
//! `test/contract.test.js` holds all of it against the schemas and the source of the model.

/** By the text as it comes. */
export const texts: Readonly<Record<string, string>> = {
  // Labels, and headings above them.
  Adjustable: "Änderbar",
  Annotations: "Annotationen",
  Choices: "Auswahl",
  Command: "Befehl",
  Complexity: "Komplexität",
  Configuration: "Konfiguration",
  CPU: "CPU",
  "Default value": "Vorgabewert",
  Description: "Beschreibung",
  "Ephemeral storage": "Flüchtiger Speicherplatz",
  "Host path": "Verzeichnis auf dem Rechner",
  Identifier: "Kennung",
  Image: "Image",
  "Image pull secrets": "Secrets zum Laden des Images",
  Labels: "Labels",
  Limits: "Grenzen",
  Memory: "Speicher",
  Mode: "Modus",
  "Mounted path": "Pfad im Container",
  Name: "Name",
  Namespace: "Namespace",
  "NVIDIA GPUs": "NVIDIA-GPUs",
  "Registry password": "Passwort der Registry",
  "Registry URL": "URL der Registry",
  "Registry user name": "Benutzername der Registry",
  Requests: "Anforderungen",
  "Scale factor": "Skalierungsfaktor",
  "Scale rule": "Skalierungsregel",
  "Target directory": "Zielverzeichnis",
  "Target glob pattern": "Glob-Muster der Dateien",
  "Target regular expression": "Regulärer Ausdruck der Dateien",
  "Task template": "Vorlage",
  Type: "Typ",

  // Values to choose from, and units.
  Boolean: "Boolean",
  Docker: "Docker",
  Int: "Int",
  K8s: "K8s",
  Limit: "Grenze",
  "Max file size": "Größte Datei",
  "Max item sum": "Größtes Element",
  Request: "Anforderung",
  String: "String",
  Sum: "Summe",
  bytes: "Byte",
  cores: "Kerne",
  "mebibytes: 1024 * 1024 bytes": "Mebibyte: 1024 * 1024 Byte",
  "gibibytes: 1024 mebibytes": "Gibibyte: 1024 Mebibyte",
  "kibibytes: 1024 bytes": "Kibibyte: 1024 Byte",
  "tebibytes: 1024 gibibytes": "Tebibyte: 1024 Gibibyte",
  "pebibytes: 1024 tebibytes": "Pebibyte: 1024 Tebibyte",
  "exbibytes: 1024 pebibytes": "Exbibyte: 1024 Pebibyte",
  "megabytes: 1 000 000 bytes": "Megabyte: 1 000 000 Byte",
  "gigabytes: 1000 megabytes": "Gigabyte: 1000 Megabyte",
  "kilobytes: 1000 bytes": "Kilobyte: 1000 Byte",
  "terabytes: 1000 gigabytes": "Terabyte: 1000 Gigabyte",
  "petabytes: 1000 terabytes": "Petabyte: 1000 Terabyte",
  "exabytes: 1000 petabytes": "Exabyte: 1000 Petabyte",
  "thousandths of a core": "Tausendstel eines Kerns",

  // A task.
  "The name of this task, for people to read.": "Der Name dieser Aufgabe, wie Menschen sie nennen.",
  "The image of the processing container, as Docker writes it: registry, name and tag. Give a tag or a digest rather than `latest`, so that a later run uses the same program. With template expressions, mind that a variable that is not set leaves nothing behind, and `{{ env.registryUrl }}/dummy:latest` becomes `/dummy:latest`.":
    "Das Image des Containers, wie Docker es schreibt: Registry, Name und Tag. Geben Sie einen Tag oder Digest statt `latest` an, damit ein späterer Lauf dasselbe Programm verwendet. Bei Template-Ausdrücken gilt: Eine Variable, die nicht gesetzt ist, hinterlässt nichts, und aus `{{ env.registryUrl }}/dummy:latest` wird `/dummy:latest`.",
  "Which of the container's templates to run: either the `identifier` of a template in the image's processing-container.json, or a whole template written here, which is then used instead.":
    "Welche der Vorlagen des Containers ausgeführt wird: entweder die Kennung (`identifier`) einer Vorlage in der processing-container.json des Images oder eine ganze Vorlage, die hier steht und dann statt ihrer gilt.",
  "The command that the container runs in this task, one list entry per word. It replaces the template's command and the image's `CMD` as a whole, while the image's `ENTRYPOINT` stays. Without a command (or with `null`), the template's command is used, and without that the image's own.":
    "Der Befehl, den der Container in dieser Aufgabe ausführt, ein Listeneintrag je Wort. Er ersetzt den Befehl der Vorlage und das `CMD` des Images als Ganzes; der `ENTRYPOINT` des Images bleibt. Ohne Befehl (oder mit `null`) gilt der Befehl der Vorlage, und ohne diesen der des Images.",
  "The directory on the host. A relative path is resolved against the directory of the task file, wherever the command is started. An input must exist; an output is where the results are written, and it must not be the directory of an input.":
    "Das Verzeichnis auf dem Rechner. Ein relativer Pfad geht vom Verzeichnis der Aufgabendatei aus, gleich wo der Befehl gestartet wird. Eine Eingabe muss vorhanden sein; in eine Ausgabe werden die Ergebnisse geschrieben, und sie darf nicht das Verzeichnis einer Eingabe sein.",
  "Settings of the runtime that starts the container: labels, the credentials of an external registry. The optional `type` says which runtime is meant.":
    "Einstellungen der Laufzeitumgebung, die den Container startet: Labels und die Zugangsdaten einer externen Registry. `type`, das fehlen darf, sagt, welche Laufzeitumgebung gemeint ist.",
  "Settings of the runtime that starts the container: labels, the credentials of an external registry, and with Kubernetes the namespace. The optional `type` says which runtime is meant.":
    "Einstellungen der Laufzeitumgebung, die den Container startet: Labels, die Zugangsdaten einer externen Registry und bei Kubernetes der Namespace. `type`, das fehlen darf, sagt, welche Laufzeitumgebung gemeint ist.",
  "Settings for running the container with Docker on this computer.": "Einstellungen, um den Container mit Docker auf diesem Rechner auszuführen.",
  "Settings for running the container as a pod in a Kubernetes cluster.": "Einstellungen, um den Container als Pod in einem Kubernetes-Cluster auszuführen.",
  "The URL of the external registry that holds the image. Leave it out for images of the platform's own registry and for public images.":
    "Die URL der externen Registry, in der das Image liegt. Sie entfällt bei Images aus der eigenen Registry der Plattform und bei öffentlichen Images.",
  "The user name with which to log in to the registry.": "Der Benutzername für die Anmeldung bei der Registry.",
  "The password or access token with which to log in to the registry. Do not write it into the file: refer to an environment variable, `{{ env.registryPassword }}`.":
    "Das Passwort oder Zugriffstoken für die Anmeldung bei der Registry. Schreiben Sie es nicht in die Datei, sondern verweisen Sie auf eine Umgebungsvariable: `{{ env.registryPassword }}`.",
  "The namespace in which the pod is created. The account that starts the task needs the right to create pods there.":
    "Der Namespace, in dem der Pod angelegt wird. Das Konto, das die Aufgabe startet, muss dort Pods anlegen dürfen.",
  "The names of existing registry secrets in the namespace with which the image is pulled, as an alternative to a user name and a password.":
    "Die Namen vorhandener Registry-Secrets im Namespace, mit denen das Image geladen wird, statt Benutzername und Passwort.",

  // A container and its templates.
  "The name of the processing container, for people to read. It need not equal the name of the image.":
    "Der Name des Containers, wie Menschen ihn nennen. Er muss nicht der Name des Images sein.",
  "A short summary of what the container does. Users see it when they look for an algorithm.":
    "Kurz gesagt, was der Container tut. Nutzer sehen es, wenn sie nach einem Algorithmus suchen.",
  "The name by which tasks and workflows select this template (`taskTemplate` in task.json). It must be unique within the container; renaming it breaks every task that uses it.":
    "Der Name, unter dem Aufgaben und Workflows diese Vorlage wählen (`taskTemplate` in der task.json). Er muss im Container eindeutig sein; wird er geändert, läuft keine Aufgabe mehr, die ihn verwendet.",
  "What this template does to the data: which modality and file format goes in, what comes out. Users read it when they choose a template.":
    "Was diese Vorlage mit den Daten macht: welche Modalität und welches Dateiformat hineingehen, was herauskommt. Nutzer lesen es, wenn sie eine Vorlage wählen.",
  "The command that the container runs, one list entry per word: nothing splits a word at spaces, and no shell expands variables. It replaces the image's `CMD`, while the image's `ENTRYPOINT` stays and is put in front of it. Without a command (or with `null`), the image's own command runs.":
    "Der Befehl, den der Container ausführt, ein Listeneintrag je Wort: Nichts trennt ein Wort an Leerzeichen, und keine Shell setzt Variablen ein. Er ersetzt das `CMD` des Images; der `ENTRYPOINT` des Images bleibt und steht davor. Ohne Befehl (oder mit `null`) läuft der des Images.",
  "The name of the channel, unique among the template's channels. A task binds a directory to the channel by this name.":
    "Der Name des Kanals, eindeutig unter den Kanälen der Vorlage. Unter diesem Namen verbindet eine Aufgabe ein Verzeichnis mit dem Kanal.",
  "The absolute path inside the container at which the channel's directory appears. The program has to use this path. Keep clear of directories that the image needs, such as `/usr` or the one with your program: the mount hides what the image has there.":
    "Der absolute Pfad im Container, unter dem das Verzeichnis des Kanals erscheint. Das Programm muss diesen Pfad verwenden. Meiden Sie Verzeichnisse, die das Image braucht, etwa `/usr` oder das mit Ihrem Programm: Was das Image dort hat, wird verdeckt.",
  "What the channel carries: file format, naming, and how files are arranged below the item directories. The data structure is stated nowhere else, so say it here.":
    "Was der Kanal enthält: Dateiformat, Benennung und wie die Dateien unter den Verzeichnissen der Elemente liegen. Die Datenstruktur steht sonst nirgends, sagen Sie es also hier.",
  "The name of the environment variable as the program reads it, by custom in capitals. Overrides in a task or in a workflow's trigger request are matched by this name.":
    "Der Name der Umgebungsvariablen, wie das Programm sie liest, üblicherweise in Großbuchstaben. Unter diesem Namen setzen eine Aufgabe oder die Trigger-Anfrage eines Workflows einen anderen Wert.",
  "The value that the program gets if nobody overrides it. It is always a string: write `\"5\"` and `\"true\"`, not `5` and `true`. The task's value wins over it, and the workflow's trigger request wins over both.":
    "Der Wert, den das Programm bekommt, wenn niemand einen anderen setzt. Er ist immer eine Zeichenkette: `\"5\"` und `\"true\"`, nicht `5` und `true`. Der Wert der Aufgabe geht ihm vor, und die Trigger-Anfrage des Workflows geht beiden vor.",
  "How the value is to be read: forms show a switch, a number or a text field, and values that do not fit are reported. The program gets a string whatever the type.":
    "Wie der Wert zu lesen ist: Formulare zeigen einen Schalter, eine Zahl oder ein Textfeld, und Werte, die nicht passen, werden gemeldet. Das Programm bekommt bei jedem Typ eine Zeichenkette.",
  "A switch: the value is `true` or `false`, written as a string.": "Ein Schalter: Der Wert ist `true` oder `false`, als Zeichenkette.",
  "Any text.": "Beliebiger Text.",
  "A whole number, written as a string: `\"5\"`.": "Eine ganze Zahl, als Zeichenkette: `\"5\"`.",
  "The values that are allowed; forms show them as a list to select from. An empty list or `null` means no restriction. The default in `value` must be one of the choices, and each of them is a string, numbers too.":
    "Die erlaubten Werte; Formulare zeigen sie zur Auswahl. Eine leere Liste oder `null` schränkt nichts ein. Der Vorgabewert in `value` muss einer von ihnen sein, und jeder ist eine Zeichenkette, auch Zahlen.",
  "Whether users may change this variable when they run the template. With `true` forms offer it; with `false` the default is fixed, and a task that overrides it is reported.":
    "Ob Nutzer diese Variable ändern dürfen, wenn sie die Vorlage ausführen. Mit `true` bieten Formulare sie an; mit `false` ist der Vorgabewert fest, und eine Aufgabe, die einen anderen setzt, wird gemeldet.",
  "How the variable changes the processing: its meaning, unit and sensible range. It is the help text in forms.":
    "Was die Variable an der Verarbeitung ändert: Bedeutung, Einheit und sinnvoller Bereich. Das ist der Hilfetext in Formularen.",

  // Scale rules.
  "Bytes of memory as a function of `n`, the size of the data in bytes: `coefficient*n**exponent`, for example `n`, `2*n`, `1.5*n` or `n**2`. With `2*n`, 3 GiB of data give 6 GiB of memory. A missing coefficient or exponent is 1. Careful with exponents: with `n**2` one megabyte of data already asks for a terabyte.":
    "Byte an Speicher als Funktion von `n`, der Größe der Daten in Byte: `coefficient*n**exponent`, zum Beispiel `n`, `2*n`, `1.5*n` oder `n**2`. Mit `2*n` ergeben 3 GiB Daten 6 GiB Speicher. Ein Koeffizient oder Exponent, der fehlt, ist 1. Vorsicht mit Exponenten: Mit `n**2` verlangt schon ein Megabyte Daten ein Terabyte.",
  "The whole number by which the size of the data is multiplied to get the memory in bytes: with `2`, 3 GiB of data give 6 GiB of memory. Fractions are not possible; round up.":
    "Die ganze Zahl, mit der die Größe der Daten multipliziert wird und die so den Speicher in Byte ergibt: Mit `2` ergeben 3 GiB Daten 6 GiB Speicher. Brüche sind nicht möglich; runden Sie auf.",
  "Whether the computed memory raises the limit or the request. The result is the largest of the fixed value in `resources` and the rules of this type on all inputs.":
    "Ob der berechnete Speicher die Grenze oder die Anforderung anhebt. Es gilt der größte Wert aus dem festen in `resources` und den Regeln dieses Typs an allen Eingaben.",
  "Raises the memory limit: the most the container may use before it is ended.":
    "Hebt die Speichergrenze an: das Meiste, was der Container verwenden darf, bevor er beendet wird.",
  "Raises the memory request: what is reserved for the container.": "Hebt die Speicheranforderung an: was für den Container reserviert wird.",
  "How the sizes of the matching files become one size `n`. If no file matches, `n` is 0. A compressed file counts with its size on disk, so allow for what it unpacks to.":
    "Wie aus den Größen der passenden Dateien eine Größe `n` wird. Passt keine Datei, ist `n` 0. Eine komprimierte Datei zählt mit ihrer Größe auf der Festplatte, rechnen Sie also ein, was sie entpackt ergibt.",
  "The total size of all matching files: for programs that hold all data in memory at once.":
    "Die Gesamtgröße aller passenden Dateien: für Programme, die alle Daten zugleich im Speicher halten.",
  "The size of the largest matching file: for programs that read one file after the other.":
    "Die Größe der größten passenden Datei: für Programme, die eine Datei nach der anderen lesen.",
  "The largest total of one item, an item being a subdirectory of the channel: for programs that read one item after the other.":
    "Die größte Summe eines Elements, also eines Unterverzeichnisses des Kanals: für Programme, die ein Element nach dem anderen lesen.",
  "The directory whose files are measured, relative to the channel's root; it must not leave the channel. Without it (or with `null`) everything below the channel's root is measured.":
    "Das Verzeichnis, dessen Dateien gemessen werden, relativ zum Anfang des Kanals; es darf nicht aus dem Kanal hinausführen. Fehlt es (oder ist es `null`), wird alles im Kanal gemessen.",
  "The directory whose files are measured, relative to the channel's root (relative to each item with mode `max_item_sum`); it must not leave the channel. Without it (or with `null`) everything below the channel's root is measured.":
    "Das Verzeichnis, dessen Dateien gemessen werden, relativ zum Anfang des Kanals (im Modus `max_item_sum` relativ zu jedem Element); es darf nicht aus dem Kanal hinausführen. Fehlt es (oder ist es `null`), wird alles im Kanal gemessen.",
  "Only files whose path relative to the target directory matches this regular expression are measured. It has to match the whole path, so begin with `.*` to reach into subdirectories. A file must satisfy the glob pattern as well.":
    "Gemessen werden nur Dateien, deren Pfad relativ zum Zielverzeichnis auf diesen regulären Ausdruck passt. Er muss auf den ganzen Pfad passen; beginnen Sie mit `.*`, um Unterverzeichnisse zu erreichen. Eine Datei muss auch dem Glob-Muster genügen.",
  "Only files whose name matches this shell pattern are measured, at any depth below the target directory: `*` stands for any characters, `?` for one. A file must satisfy the regular expression as well.":
    "Gemessen werden nur Dateien, deren Name auf dieses Shell-Muster passt, beliebig tief im Zielverzeichnis: `*` steht für beliebige Zeichen, `?` für eines. Eine Datei muss auch dem regulären Ausdruck genügen.",

  // Resources.
  "The CPU time that the container may use, in cores: `2` is two cores, `500m` is half a core. A container that wants more is slowed down, not ended.":
    "Die CPU-Zeit, die der Container verwenden darf, in Kernen: `2` sind zwei Kerne, `500m` ist ein halber. Ein Container, der mehr will, wird gebremst, nicht beendet.",
  "The memory that the container may use, in bytes or with a unit: `512Mi`, `4Gi`. A container that uses more is ended with exit code 137 (out of memory). Scale rules of type `limit` on the inputs can raise this value, never lower it. Write `Mi` or `Gi`: the reference command line reads no number without a unit and no `M` or `G`.":
    "Der Speicher, den der Container verwenden darf, in Byte oder mit Einheit: `512Mi`, `4Gi`. Ein Container, der mehr verwendet, wird mit dem Exit-Code 137 (out of memory) beendet. Skalierungsregeln vom Typ `limit` an den Eingaben können diesen Wert anheben, nie senken. Schreiben Sie `Mi` oder `Gi`: Die Referenz-Kommandozeile liest keine Zahl ohne Einheit und weder `M` noch `G`.",
  "The disk space that the container may fill outside its channels, for example with temporary files under `/tmp`. Kubernetes ends a container that writes more.":
    "Der Platz auf der Festplatte, den der Container außerhalb seiner Kanäle füllen darf, zum Beispiel mit temporären Dateien unter `/tmp`. Kubernetes beendet einen Container, der mehr schreibt.",
  "The number of whole NVIDIA GPUs that the container gets. A GPU cannot be divided, and the request must equal the limit; setting the limit alone is enough.":
    "Die Zahl ganzer NVIDIA-GPUs, die der Container bekommt. Eine GPU lässt sich nicht teilen, und die Anforderung muss der Grenze gleichen; die Grenze allein genügt.",
  "The CPU time that is reserved for the container, in cores: `2` is two cores, `500m` is half a core.":
    "Die CPU-Zeit, die für den Container reserviert wird, in Kernen: `2` sind zwei Kerne, `500m` ist ein halber.",
  "The memory that is reserved for the container, in bytes or with a unit: `512Mi`, `4Gi`. Scale rules of type `request` on the inputs can raise this value, never lower it. Write `Mi` or `Gi`: the reference command line reads no number without a unit and no `M` or `G`.":
    "Der Speicher, der für den Container reserviert wird, in Byte oder mit Einheit: `512Mi`, `4Gi`. Skalierungsregeln vom Typ `request` an den Eingaben können diesen Wert anheben, nie senken. Schreiben Sie `Mi` oder `Gi`: Die Referenz-Kommandozeile liest keine Zahl ohne Einheit und weder `M` noch `G`.",
  "The disk space that is reserved for what the container writes outside its channels, for example temporary files under `/tmp`.":
    "Der Platz auf der Festplatte, der für das reserviert wird, was der Container außerhalb seiner Kanäle schreibt, zum Beispiel temporäre Dateien unter `/tmp`.",

  // What the form says of a field, and of a change that it was asked for.
  "The container marks this variable as not adjustable: its value is always the template's.":
    "Der Container legt diese Variable fest: Ihr Wert ist immer der der Vorlage.",
  "The template that was written out in the task is replaced; undoing brings it back.":
    "Die Vorlage, die in der Aufgabe stand, ist ersetzt; Rückgängig holt sie zurück.",
  "A task's resources replace those of its template as a whole, so the others were taken over.":
    "Die Ressourcen einer Aufgabe ersetzen die ihrer Vorlage als Ganzes; die übrigen wurden deshalb übernommen.",
  "A task's scale rule replaces that of its template as a whole, so the rest was taken over.":
    "Die Skalierungsregel einer Aufgabe ersetzt die ihrer Vorlage als Ganzes; der Rest wurde deshalb übernommen.",
  "There is no container, so there is no other template.": "Es gibt keinen Container, also auch keine andere Vorlage.",
  "A task cannot do without this.": "Darauf kann eine Aufgabe nicht verzichten.",
  "A container cannot do without this.": "Darauf kann ein Container nicht verzichten.",
  "An entry needs a name.": "Ein Eintrag braucht einen Namen.",
  "There is a scale rule already.": "Eine Skalierungsregel ist schon vorhanden.",
  "The text cannot be changed here.": "Der Text lässt sich hier nicht ändern.",
  "The text cannot be changed here: it has an error.": "Der Text lässt sich hier nicht ändern: Er hat einen Fehler.",
  "There is no such entry.": "Diesen Eintrag gibt es nicht.",
  "The list ends before that.": "Die Liste endet vorher.",
  "The name of a template is a text.": "Der Name einer Vorlage ist ein Text.",
  "Only a shell could split this line: give the words one by one.":
    "Diese Zeile könnte nur eine Shell zerlegen: Geben Sie die Wörter einzeln an.",
  "The text is something else than a list.": "Der Text ist keine Liste.",
  "The text is something else than an object.": "Der Text ist kein Objekt.",
  "the changes get into each other's way.": "Die Änderungen kommen einander in die Quere.",
  "The template has no input of this name, so it is not mounted.":
    "Die Vorlage hat keine Eingabe dieses Namens, also wird sie nicht eingehängt.",
  "The template has no output of this name, so it is not mounted.":
    "Die Vorlage hat keine Ausgabe dieses Namens, also wird sie nicht eingehängt.",
  "The template does not declare this variable; the program gets it all the same.":
    "Die Vorlage deklariert diese Variable nicht; das Programm bekommt sie trotzdem.",
  "The template does not allow this value.": "Die Vorlage erlaubt diesen Wert nicht.",
  "The task's command of its own still replaces that of the template.":
    "Der eigene Befehl der Aufgabe ersetzt weiterhin den der Vorlage.",
  "The task's resources of its own still replace those of the template.":
    "Die eigenen Ressourcen der Aufgabe ersetzen weiterhin die der Vorlage.",
  "A task cannot wait for itself.": "Eine Aufgabe kann nicht auf sich selbst warten.",
  "The task needs a name first: the connection is written by it.": "Die Aufgabe braucht zuerst einen Namen: Unter ihm steht die Verbindung in der Datei.",
  "A connection has a channel on both sides, or on none.": "Eine Verbindung hat auf beiden Seiten einen Kanal, oder auf keiner.",
  "The template is written out in the task: change it in the text.": "Die Vorlage steht in der Aufgabe: Ändern Sie sie im Text.",
  "A task needs a name.": "Eine Aufgabe braucht einen Namen.",

  // What will run.
  "no template is chosen": "Es ist keine Vorlage gewählt.",
  "One directory for each item": "Ein Verzeichnis je Element",
  "One directory for each item of the input": "Ein Verzeichnis je Element der Eingabe",
  "One result over all items": "Ein Ergebnis über alle Elemente",
  "named by the item's identifier": "nach der Kennung des Elements benannt",
  "named as the item of the input": "benannt wie das Element der Eingabe",
  "one directory, not named as any item of the input": "ein Verzeichnis, anders benannt als jedes Element der Eingabe",
  "The task sets no variables, so the request changes nothing.": "Die Aufgabe setzt keine Variablen, also ändert die Anfrage nichts.",
  "In a workflow, inputs are outputs of other tasks: name the operator and its channel in `iochannel_maps`.":
    "In einem Workflow sind Eingaben die Ausgaben anderer Aufgaben: Nennen Sie den Operator und seinen Kanal in `iochannel_maps`.",
};

/** Texts with something in them: `{}` as it comes, `{0}`, `{1}` here. */
export const sentences: Readonly<Record<string, string>> = {
  "the template `{}` is not known": "Die Vorlage `{0}` ist nicht bekannt.",
  "The container has no template `{}`.": "Der Container hat keine Vorlage `{0}`.",
  "The input `{}` has no directory yet, and its rule stands beside it.":
    "Die Eingabe `{0}` hat noch kein Verzeichnis, und ihre Regel steht neben ihm.",
  "The input `{}` has no scale rule yet: give its `{}` first.": "Die Eingabe `{0}` hat noch keine Skalierungsregel: Geben Sie zuerst `{1}` an.",
  "`{}` is something else than a list.": "`{0}` ist keine Liste.",
  "`{}` is something else than an object.": "`{0}` ist kein Objekt.",
  "`{}` has no such entry.": "`{0}` hat keinen solchen Eintrag.",
  "`{}` is one text, and not a list.": "`{0}` ist ein einzelner Text und keine Liste.",
  "`{}` is a list.": "`{0}` ist eine Liste.",
  "There is no list `{}`.": "Eine Liste `{0}` gibt es nicht.",
  "There is a `{}` already.": "`{0}` ist schon vorhanden.",
  "The form has no field `{}`.": "Das Formular hat kein Feld `{0}`.",
  "The workflow has no `{}`.": "Im Workflow gibt es `{0}` nicht.",
  "`{}` waits for `{}` already.": "`{0}` wartet schon auf `{1}`.",
  "There is a task `{}` already.": "Eine Aufgabe `{0}` ist schon vorhanden.",
  "scale rule of {}": "Skalierungsregel von {0}",
  "Put the value in for {}.": "Setzen Sie den Wert für {0} ein.",
  "`{}` holds a template expression, which a trigger request passes on as it stands.":
    "`{0}` enthält einen Template-Ausdruck, den eine Trigger-Anfrage so weitergibt, wie er dasteht.",
  "`{}` holds a template expression: see whether your workflow renders it.":
    "`{0}` enthält einen Template-Ausdruck: Prüfen Sie, ob Ihr Workflow ihn auswertet.",
  "No secret is written out: the environment has to have {}.": "Kein Secret wird ausgeschrieben: Die Umgebung muss {0} enthalten.",
};

/** A text that has no German stays as it is. */
export function translate(text: string): string {
  return known.get(text) ?? scaleRule(text) ?? quantity(text) ?? sentence(text) ?? withError(text) ?? text;
}

const known = new Map(Object.entries(texts));

const patterns = Object.entries(sentences).map(([english, german]): [RegExp, string] => {
  const parts = english.split("{}").map((part) => part.replaceAll(".", "\\."));
  return [new RegExp(`^${parts.join("(.+)")}$`, "su"), german];
});

function sentence(text: string): string | undefined {
  for (const [pattern, german] of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return german.replaceAll(/\{(\d)\}/gu, (_, place: string) => names(match[Number(place) + 1] ?? ""));
  }
  return undefined;
}

/** `A`, `B` and `C` */
function names(list: string): string {
  return list.replace(/^(`.*`) and (`[^`]*`)$/su, "$1 und $2");
}

function withError(text: string): string | undefined {
  const match = /^(.+?\.) The text has an error in line (\d+): (.+)$/su.exec(text);
  if (match === null) return undefined;
  const [, refusal = "", line = "", error = ""] = match;
  return `${translate(refusal)} Der Text hat in Zeile ${line} einen Fehler: ${error}`;
}

function quantity(text: string): string | undefined {
  const bytes = /^([\d ]+) bytes?(?: = (.+))?$/u.exec(text);
  if (bytes !== null) return `${bytes[1] ?? ""} Byte${bytes[2] === undefined ? "" : ` = ${decimal(bytes[2])}`}`;
  const cores = /^([\d .]+) cores?$/u.exec(text);
  return cores === null ? undefined : `${decimal(cores[1] ?? "")} ${cores[1] === "1" ? "Kern" : "Kerne"}`;
}

function decimal(number: string): string {
  return number.replace(/(\d)\.(\d)/u, "$1,$2");
}

const SIZES = new Map([
  ["the total size of its files", "Gesamtgröße der Dateien"],
  ["the size of its largest file", "Größe der größten Datei"],
  ["the size of its largest item", "Größe des größten Elements"],
]);

const LAW = new RegExp(
  `^(?:(\\S+) × )?(the square of |the cube of )?(${[...SIZES.keys()].join("|")})(?:, counting those (.+?))?(?: to the power of (\\d+))?$`,
  "su",
);

/** All that `words.rs` of the forms' model says of a rule. */
function scaleRule(text: string): string | undefined {
  const amount = /^asks for (.+)$/su.exec(text)?.[1];
  if (amount === undefined) return undefined;
  if (amount === "nothing") return "verlangt nichts";
  const fixed = /^(.+), whatever the data$/u.exec(amount)?.[1];
  if (fixed !== undefined) return `verlangt ${decimal(fixed)}, wie groß die Daten auch sind`;
  const law = LAW.exec(amount);
  if (law === null) return undefined;
  const [, coefficient, named, english = "", counted, exponent] = law;
  const size = SIZES.get(english);
  const conditions = counted === undefined ? "" : filter(counted);
  if (size === undefined || conditions === undefined) return undefined;
  const factor = coefficient === undefined ? "" : `${decimal(coefficient)} × `;
  return `verlangt ${factor}${power(named, exponent)} ${size}${conditions}`;
}

/** With the article of the size, which is feminine in all cases. */
function power(named: string | undefined, exponent: string | undefined): string {
  if (exponent !== undefined) return `die ${exponent}. Potenz der`;
  if (named === undefined) return "die";
  return named.includes("square") ? "das Quadrat der" : "die dritte Potenz der";
}

function filter(counted: string): string | undefined {
  const match = /^(?:below ((`+).+?\2(?!`)))?(?:, )?(?:named like ((`+).+?\4(?!`)))?(?:, )?(?:whose path matches ((`+).+?\6(?!`)))?$/su.exec(counted);
  if (match === null) return undefined;
  const [, below, , like, , path] = match;
  const words = [
    below === undefined ? "" : `unterhalb von ${below}`,
    like === undefined ? "" : `mit Namen wie ${like}`,
    path === undefined ? "" : `mit Pfaden, auf die ${path} passt`,
  ];
  return ` (nur Dateien ${words.filter((word) => word !== "").join(", ")})`;
}
