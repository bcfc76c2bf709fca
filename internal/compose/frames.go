package compose

// frame is what can truly be said about any subject of one kind: the shape of a
// short text for a beginner. %t stands for the topic after a
// preposition, so that any noun phrase fits; %T for the topic as a headline.
// Where there are several variants, the brief decides which is taken.
type frame struct {
	titles   []string // for topics too short to be a title of their own
	summary  string   // what the frame goes through, for a description
	openings []string
	sections []framed
	closing  framed   // of a text that consists of the frame
	returns  []string // closing sentences of a text that consists of the caller's points
	heads    []string // headings for these
	ask      []string // for social posts
}

// framed is one section of a frame. points are what an outline shows.
type framed struct {
	headings []string
	texts    []string
	points   []string
}

func frameOf(k Kind) frame {
	switch k {
	case Work:
		return workFrame
	case Choice:
		return choiceFrame
	case News:
		return newsFrame
	}
	return generalFrame
}

var workFrame = frame{
	titles:  []string{"%T: a plan in plain steps", "%T: where to start and what to watch"},
	summary: "the aim, the starting point, the steps in order, and how to tell whether they work",
	openings: []string{
		"It is easy to make a start on %t and hard to say, months later, what has changed. A plan helps: a clear aim, an honest picture of today, a few steps in a sensible order, and a way to tell whether they worked. This post goes through them one by one.",
		"Good work on %t begins before the first change is made. It takes an aim, a look at where things stand, an order for the steps, and a measure of success. Here is how these parts fit together.",
	},
	sections: []framed{
		{[]string{"Start with the aim", "One aim, in one sentence"},
			[]string{
				"Put the aim of %t into one sentence that anybody on the team could repeat. Name what should be better afterwards, and for whom. If the sentence needs an “and”, there may be two aims in it; decide which one comes first.",
				"Before any list of tasks, write one sentence about %t: what should be better afterwards, for whom, and by when. Show it to the people it concerns. If they read it in different ways, the sentence needs more work, and it is cheaper to do that work now.",
			},
			[]string{"What should be better afterwards, and for whom", "One sentence that everybody can repeat", "Which aim comes first if there are two"}},
		{[]string{"See where things stand", "An honest picture of today"},
			[]string{
				"Write down how things are done today, before anything changes. A short list is enough: what happens now, who does it, what it costs in time or money, and where it goes wrong. Without this picture there is nothing to compare a result with.",
				"A result can only be judged against a starting point. Note what happens today, who is involved, what it costs in time or money, and where it goes wrong most often. Keep the note short enough that somebody will read it again.",
			},
			[]string{"What happens today, and who does it", "What it costs in time or money", "Where it goes wrong most often"}},
		{[]string{"Take small steps in a sensible order", "Small steps first"},
			[]string{
				"List the changes that could help and sort them by two questions: how much would this one help, and how hard would it be to undo? Begin with what helps and can be undone. Leave what is large and final until the small steps have taught you something.",
				"Not every change deserves the same courage. Begin with those that promise much and are easily taken back, and learn from them. What is large and hard to undo can wait until the small steps have shown what to expect.",
			},
			[]string{"How much each change would help", "How hard it would be to undo", "What to try first, and what can wait"}},
		{[]string{"Measure, then decide", "Know whether it works"},
			[]string{
				"Pick one or two measures before the first step, not after it. Look at them at fixed times, together with the people who do the work. A step that does not help has its use as well, as long as somebody notices and stops it.",
				"Decide early what a good result would look like and where it would show. Then look at fixed times, not only when there is good news. If a step does not help, stop it and say so; that makes room for the next one.",
			},
			[]string{"One or two measures, chosen beforehand", "Fixed times to look at them", "What to do with a step that does not help"}},
		{[]string{"Agree on who decides", "Who decides, and who is told"},
			[]string{"Name one person who decides when opinions differ, and say how much time that will take. Tell everybody whom the change touches, early and in plain words. People forgive bad news sooner than surprises."},
			[]string{"One person who decides when opinions differ", "Everybody whom the change touches, told early"}},
		{[]string{"Keep what works", "Make it last"},
			[]string{"A change that depends on one person's memory will not last long. Write down how it is done now, in a place where people look anyway, and name somebody who keeps the note up to date. Come back to it after a while and drop what nobody needs."},
			[]string{"How it is done now, written down", "Who keeps the note up to date"}},
	},
	closing: framed{[]string{"Next step", "Where to begin"},
		[]string{
			"The way into %t can be small. Write the one-sentence aim today, show it to one person whom it concerns, and ask what is missing.",
			"Half an hour is enough to begin with %t: one sentence for the aim, a short list of how things are today, and one change that is easy to undo.",
		},
		[]string{"Write the aim in one sentence", "Show it to one person whom it concerns"}},
	returns: []string{
		"Start with the point that is closest to your own situation, and come back to the others afterwards.",
		"Not everything has to happen at once. Take the point that costs you most today and begin there.",
	},
	heads: []string{"Where to start", "What to do first"},
	ask: []string{
		"What would be better, and for whom, if %t went well? One plain sentence is enough to begin with. The steps come after it.",
		"Three notes before the first step in %t: what should be better afterwards, how things are today, and how you would notice the difference.",
	},
}

var choiceFrame = frame{
	titles:  []string{"%T: needs first, names second", "%T: a simple order for the decision"},
	summary: "needs first, then criteria that can be checked, then a short list and a fair trial",
	openings: []string{
		"The hard part of %t is rarely a lack of options. It is knowing what to ask of them. This post sets out a simple order: needs first, then criteria, then a short list and a fair trial.",
		"There is a calm way of %t, and it does not begin with names. It begins with what is needed, turns that into questions, and lets the answers narrow the field. Here are the stages in order.",
	},
	sections: []framed{
		{[]string{"Needs before names", "Write the needs down first"},
			[]string{
				"Write down what must be possible afterwards before you look at any name. Keep what is needed apart from what would be nice, and note who asked for each point. A few honest needs are worth more than a long list that nobody checks.",
				"Ask the people who will live with the choice what they need to get done, and write it down in their words. Mark what is essential and what would merely be pleasant. Only then does it make sense to look at what is on offer.",
			},
			[]string{"What must be possible afterwards", "What is needed, and what would be nice", "Who asked for each point"}},
		{[]string{"Criteria that can be checked", "Turn needs into questions"},
			[]string{
				"Turn each need into a question with a clear answer: yes, no, or a number. Add the questions that are easily forgotten: what it costs in the second year, how to leave again, and who helps when something breaks. Decide which answers rule an option out.",
				"A need becomes useful once it can be checked. Rewrite each one as a question that has a clear answer, and settle in advance which answers rule an option out. Cost over several years, help in trouble and the way back out belong on the list too.",
			},
			[]string{"Questions with a clear answer", "Cost, help, and the way back out", "Which answers rule an option out"}},
		{[]string{"A short list and a fair trial", "Try the few that remain"},
			[]string{
				"Measure every option against the same questions and keep the two or three that come through. Try those with real work and with the people who will live with the choice. Give each the same time, and write impressions down on the same day.",
				"Two or three candidates are enough for a trial. Use a piece of real work, the same for each, and let those judge who will use it later. Notes taken on the day are worth more than a vote at the end.",
			},
			[]string{"The same questions for every option", "Real work, and the people who will do it", "Impressions written down on the same day"}},
		{[]string{"Decide, and note why", "The decision and its reasons"},
			[]string{
				"Let the criteria speak first and the feeling second; where the two disagree, find out why. Put the reasons for the decision into a few lines. They will help when somebody asks, and when the choice comes up for review.",
				"Compare the answers before you compare opinions. Then decide, write a few lines about the reasons and about what was given up, and set a date to look at the choice again. That makes it easier to stand by it, and easier to change it.",
			},
			[]string{"Criteria first, feeling second", "The reasons in a few lines", "A date to look at the choice again"}},
		{[]string{"Plan the change itself", "From decision to daily use"},
			[]string{"A choice is made on one day and lived with for years. Plan who moves what, who learns what, and what happens if it takes longer than expected. Keep the old way open until the new one has carried a normal week."},
			[]string{"Who moves what, and who learns what", "The old way stays open until the new one holds"}},
	},
	closing: framed{[]string{"Next step", "A first hour"},
		[]string{
			"An hour is enough for a start on %t: collect the needs, strike out what nobody would miss, and turn the rest into questions.",
			"For a start on %t, ask three people what they need to get done, and look for the need that all three name.",
		},
		[]string{"Collect the needs", "Strike out what nobody would miss"}},
	returns: []string{
		"Take these points to the people who will live with the choice, and ask which of them would change their mind.",
		"Weigh the points by what you need, not by how loudly they are told. The order that fits you may be another one.",
	},
	heads: []string{"Making the decision", "Putting it to use"},
	ask: []string{
		"Before %t, write down what must be possible afterwards. Then turn each need into a question with a clear answer: yes, no, or a number.",
		"A tip for %t: needs before names. List what must be possible afterwards, mark what is essential, and only then look at what is on offer.",
	},
}

var newsFrame = frame{
	titles:  []string{"%T: the questions that matter", "%T: what people will want to know"},
	summary: "what is new, whom it concerns, what to do, and when",
	openings: []string{
		"News travels further when it answers the questions that people have. Around %t, these are likely to be the familiar ones: what is new, whom it concerns, what to do, and when. Here they are in order.",
		"There is more to %t than a date. People want to know what changes, whether it concerns them, what they should do, and when. This post takes these questions one at a time.",
	},
	sections: []framed{
		{[]string{"What changes, and what stays", "What is new"},
			[]string{
				"The first question is what will be different. It helps to say just as plainly what stays the same, since silence is easily taken for change. If each can be told in one sentence, the message is ready.",
				"Begin with the difference: what can somebody do afterwards that was not possible before? Then say what stays as it was. Readers who know both need not guess.",
			},
			[]string{"What will be different", "What stays the same"}},
		{[]string{"Whom it concerns", "Who should know"},
			[]string{
				"Not everybody needs to know everything about %t. Those who are affected directly deserve to hear first and in detail; for the rest a summary with a pointer is enough. Where something has to be done, say by whom.",
				"Different people ask different things about %t. Someone who is affected tomorrow wants detail; someone who is merely curious wants two sentences. It is kind to let each see quickly which part is theirs.",
			},
			[]string{"Who is affected directly", "Who needs only a summary", "Who has something to do"}},
		{[]string{"Dates and what to do", "What to do, and when"},
			[]string{
				"A date is useful when it comes with an action: what can be done from then on, what must be done before, and where to turn with questions. If a date may still move, it is better to say so than to leave it out.",
				"People act on dates that tell them something: from when, until when, and what for. Put the action beside each date, and name a place for questions. What is still open may be called open.",
			},
			[]string{"What can be done from when on", "What must be done before", "Where to turn with questions"}},
		{[]string{"After the day itself", "When the questions come"},
			[]string{
				"The interest does not end with the announcement. Collect the questions that come in, answer the most frequent ones where everybody can see them, and note what to explain better next time.",
				"The best material comes afterwards, in the form of questions. Collect them, answer in public what many have asked, and keep the answers for the next occasion.",
			},
			[]string{"Questions that come in, and where they are answered", "What to explain better next time"}},
	},
	closing: framed{[]string{"In short", "What to remember"},
		[]string{
			"Four answers carry %t: what is new, for whom, when, and what to do now. Everything else can be looked up.",
			"Whoever hears of %t should be able to say what is new, whom it concerns, and what comes next. The rest is detail.",
		},
		[]string{"What is new, for whom, when, and what to do now"}},
	returns: []string{
		"Those are the points to know for now.",
		"That is the news in brief, in the order in which it matters.",
	},
	heads: []string{"What happens next", "What to do now"},
	ask: []string{
		"Four questions about %t: what is new, whom it concerns, what to do, and when. Which one would you ask first?",
		"What would you like to know about %t? What is new, whom it concerns, what to do, and when: tell us where to begin.",
	},
}

var generalFrame = frame{
	titles:  []string{"%T: a way in", "%T: where to begin"},
	summary: "what is known, questions that lead somewhere, sources to compare, and something small to try",
	openings: []string{
		"There are many ways into %t, and not all of them need prior knowledge. This post suggests one: begin with what is known, ask questions that lead somewhere, look at more than one source, and finish with something small of your own.",
		"A good start with %t does not take long. It takes a look at what is already known, a few good questions, more than one source, and the will to try something. Here is one way to go about it.",
	},
	sections: []framed{
		{[]string{"Begin with what is known", "Take stock first"},
			[]string{
				"Take a few minutes to write down what you already know about %t, without looking anything up. Then mark what you are sure of and what you have only heard. The gap between the two is a good map for the rest.",
				"Most people know more about %t than they expect, and are less sure of it than they think. Write it down, then mark what you could explain and what you have merely heard. The marks show where to look.",
			},
			[]string{"What you already know", "What you are sure of, and what you have only heard"}},
		{[]string{"Ask questions that lead somewhere", "A few good questions"},
			[]string{
				"Broad questions get broad answers. Ask how something came to be, what it depends on, who sees it differently, and what would have to change for the opposite to be true. Three good questions are enough for a start.",
				"A good question narrows things down. How did this come to be? What does it depend on? Who sees it differently, and why? Write three of them down and leave the rest for later.",
			},
			[]string{"How it came to be, and what it depends on", "Who sees it differently, and why"}},
		{[]string{"Look at more than one source", "Compare what you read"},
			[]string{
				"Prefer sources that are close to the matter and say where their statements come from. Where two of them disagree, there is no need to choose at once: that is often where the subject becomes interesting. Keep a note of what you read where.",
				"One source tells a story; two let you compare. Look for those that say where they have it from, and note where they disagree. A short list of what you read where saves a long search later.",
			},
			[]string{"Sources close to the matter", "Where they disagree", "A note of what you read where"}},
		{[]string{"Try something small", "From reading to doing"},
			[]string{
				"What is only read soon fades. Explain one part to somebody else, try an example, or write half a page about it. What stays unclear while doing so shows where to look next.",
				"Understanding shows in use. Explain one part aloud, work through an example, or describe it to a friend who knows nothing about it. The place where you hesitate is the place to read again.",
			},
			[]string{"Explain one part to somebody else", "See what stays unclear"}},
	},
	closing: framed{[]string{"Next step", "A first half hour"},
		[]string{
			"Pick one question about %t, give it half an hour, and write the answer down in your own words. The next question will suggest itself.",
			"Half an hour is enough for a first look at %t: one question, two sources, and a few lines in your own words.",
		},
		[]string{"One question, half an hour, a few lines in your own words"}},
	returns: []string{
		"Take the point that surprised you most and look further into that one first.",
		"Each of these points is a place to begin. Follow the one that raises most questions.",
	},
	heads: []string{"To take away", "Where to look next"},
	ask: []string{
		"A way into %t: write down what you already know, mark what you have only heard, and look up the difference.",
		"What would you most like to know about %t? One good question is a better start than ten answers.",
	},
}
