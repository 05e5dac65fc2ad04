"""Journals and conferences by their short and long names, and how each stands in a paper's comment."""

from __future__ import annotations

import re

# short name: other ways to write it. The comparison is by words, without case.
_VENUES = """
CVPR: Conference on Computer Vision and Pattern Recognition; Computer Vision and Pattern Recognition Conference
ICCV: International Conference on Computer Vision
ECCV: European Conference on Computer Vision
WACV: Winter Conference on Applications of Computer Vision
BMVC: British Machine Vision Conference
ACCV: Asian Conference on Computer Vision
3DV: International Conference on 3D Vision
NeurIPS: NIPS; Neural Information Processing Systems
ICML: International Conference on Machine Learning
ICLR: International Conference on Learning Representations
AISTATS: International Conference on Artificial Intelligence and Statistics
UAI: Conference on Uncertainty in Artificial Intelligence
COLT: Conference on Learning Theory
TMLR: Transactions on Machine Learning Research
JMLR: Journal of Machine Learning Research
AAAI: Conference on Artificial Intelligence
IJCAI: International Joint Conference on Artificial Intelligence
ECAI: European Conference on Artificial Intelligence
KDD: Knowledge Discovery and Data Mining
ECML: ECML PKDD; European Conference on Machine Learning
ICDM: International Conference on Data Mining
CIKM: Conference on Information and Knowledge Management
SIGIR:
ACL: Association for Computational Linguistics
EMNLP: Empirical Methods in Natural Language Processing
NAACL: North American Chapter of the Association for Computational Linguistics
EACL:
COLING: International Conference on Computational Linguistics
Interspeech:
ICASSP: International Conference on Acoustics Speech and Signal Processing
ICIP: International Conference on Image Processing
EUSIPCO: European Signal Processing Conference
ICPR: International Conference on Pattern Recognition
ICDAR: International Conference on Document Analysis and Recognition
ICME: International Conference on Multimedia and Expo
ICMR: International Conference on Multimedia Retrieval
ICMI: International Conference on Multimodal Interaction
ACM MM: ACMMM; ACM Multimedia; ACM International Conference on Multimedia
MMM: International Conference on Multimedia Modeling
ICRA: International Conference on Robotics and Automation
IROS: International Conference on Intelligent Robots and Systems
CoRL: Conference on Robot Learning
RSS: Robotics Science and Systems
RA-L: RAL; Robotics and Automation Letters
ITSC: Intelligent Transportation Systems Conference
MICCAI: Medical Image Computing and Computer Assisted Intervention
ISBI: International Symposium on Biomedical Imaging
MIDL: Medical Imaging with Deep Learning
IPMI: Information Processing in Medical Imaging
IPCAI: Information Processing in Computer Assisted Interventions
EMBC: Engineering in Medicine and Biology
MIUA: Medical Image Understanding and Analysis
MELBA: Machine Learning for Biomedical Imaging
IGARSS: International Geoscience and Remote Sensing Symposium
SIGGRAPH: SIGGRAPH Asia
Eurographics:
CHI: Conference on Human Factors in Computing Systems
ISMAR: International Symposium on Mixed and Augmented Reality
IJCNN: International Joint Conference on Neural Networks
IJCB: International Joint Conference on Biometrics
BTAS: Biometrics Theory Applications and Systems
VISAPP: International Conference on Computer Vision Theory and Applications
GCPR: German Conference on Pattern Recognition
ICIAP: International Conference on Image Analysis and Processing
AVSS: Advanced Video and Signal Based Surveillance
DICTA: Digital Image Computing Techniques and Applications
ICANN: International Conference on Artificial Neural Networks
ICONIP: International Conference on Neural Information Processing
PRCV: Chinese Conference on Pattern Recognition and Computer Vision
SIBGRAPI:
ICVGIP:
GECCO: Genetic and Evolutionary Computation Conference
TPAMI: T-PAMI; PAMI; Transactions on Pattern Analysis and Machine Intelligence; Trans Pattern Anal Mach Intell
IJCV: International Journal of Computer Vision; Int J Comput Vis
TIP: Transactions on Image Processing; Trans Image Process
TMI: Transactions on Medical Imaging; Trans Med Imaging
MedIA: Medical Image Analysis; Med Image Anal
TNNLS: Transactions on Neural Networks and Learning Systems
TMM: Transactions on Multimedia
TCSVT: Transactions on Circuits and Systems for Video Technology
TGRS: Transactions on Geoscience and Remote Sensing
TIFS: Transactions on Information Forensics and Security
TITS: T-ITS; Transactions on Intelligent Transportation Systems
TOG: Transactions on Graphics; Trans Graph
TVCG: Transactions on Visualization and Computer Graphics
TOMM: Transactions on Multimedia Computing Communications and Applications
JBHI: Journal of Biomedical and Health Informatics
CVIU: Computer Vision and Image Understanding
SPIE:
Pattern Recognition Letters:
Journal of Medical Imaging:
ISPRS Journal: ISPRS Journal of Photogrammetry and Remote Sensing
Computers in Biology and Medicine:
Expert Systems with Applications:
Image and Vision Computing:
Signal Processing Letters:
Neurocomputing:
Computer Graphics Forum:
IEEE Access:
Scientific Reports: Sci Rep
Multimedia Tools and Applications:
"""
NAMES: dict[str, tuple[str, ...]] = {
    name.strip(): tuple(other.strip() for other in others.split(";") if other.strip())
    for name, _, others in (line.partition(":") for line in _VENUES.strip().splitlines())
}


def venue_words(text: str) -> list[str]:
    """The words of a venue or a comment, with years as people mean them: "ECCV'20" is "eccv 2020".

    >>> venue_words("Accepted to CVPR2021, RA-L")
    ['accepted', 'to', 'cvpr', '2021', 'ra', 'l']
    """
    return re.findall(r"3dv|[^\W\d_]+|\d+", re.sub(r"['’](?=\d\d\b)", " 20", text.lower()))


def venue_spellings(venue: str) -> tuple[list[list[str]], str]:
    """The ways a venue may be written, each as words, and the year after it ("" when there is none).

    >>> venue_spellings("TOG 2020")
    ([['tog'], ['transactions', 'on', 'graphics'], ['trans', 'graph']], '2020')
    """
    named = venue_words(venue)
    year = named.pop() if len(named) > 1 and re.fullmatch(r"(?:19|20)\d\d", named[-1]) else ""
    return _BY_NAME.get(" ".join(named), [named]), year


_BY_NAME = {
    " ".join(venue_words(spelling)): [venue_words(other) for other in (name, *others)]
    for name, others in NAMES.items()
    for spelling in (name, *others)
}
